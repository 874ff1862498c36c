import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const dryRunOption = { type: 'boolean', short: 'n', help: 'say what would be done, change nothing' } as const;
const quietOption = { type: 'boolean', short: 'q', help: 'say nothing but errors' } as const;

/** Those that virtfs brings; there may be others. */
const usualServices = ['ftp', 'http', 'pop', 'sftp', 'smb', 'smtp'] as const;

const enableOptions = {
  default: {
    type: 'boolean',
    short: 'd',
    help: 'the domain also gets the connections to addresses that no line is for',
  },
  root: rootOption,
  'dry-run': dryRunOption,
  json: jsonOption,
  quiet: quietOption,
} as const satisfies OptionSpecs;

const disableOptions = {
  root: rootOption,
  'dry-run': dryRunOption,
  json: jsonOption,
  quiet: quietOption,
} as const satisfies OptionSpecs;

const listOptions = { root: rootOption, json: jsonOption } as const satisfies OptionSpecs;

const setupOptions = {
  'dry-run': dryRunOption,
  json: jsonOption,
  quiet: quietOption,
} as const satisfies OptionSpecs;

const etcOption = {
  type: 'string',
  value: 'DIR',
  help: 'the folder that stands for /etc, such as that of an image',
  complete: 'directory',
} as const;

const installOptions = {
  init: {
    type: 'string',
    value: 'KIND',
    help: 'what starts services on this machine: systemd or sysv (else as it is found)',
    complete: ['systemd', 'sysv'],
  },
  etc: etcOption,
  'dry-run': dryRunOption,
  json: jsonOption,
  quiet: quietOption,
} as const satisfies OptionSpecs;

const uninstallOptions = {
  etc: etcOption,
  'dry-run': dryRunOption,
  json: jsonOption,
  quiet: quietOption,
} as const satisfies OptionSpecs;

export type ServiceEnableCall = CommandCall<typeof enableOptions>;
export type ServiceDisableCall = CommandCall<typeof disableOptions>;
export type ServiceListCall = CommandCall<typeof listOptions>;
export type ServiceSetupCall = CommandCall<typeof setupOptions>;
export type ServiceInstallCall = CommandCall<typeof installOptions>;
export type ServiceUninstallCall = CommandCall<typeof uninstallOptions>;

export const serviceEnableSpec = defineCommand({
  name: 'service enable',
  summary: 'let a domain have services of virtuald',
  operands: 'DOMAIN SERVICE…',
  takes: [2, Number.POSITIVE_INFINITY],
  completeOperands: ['domain', usualServices],
  options: enableOptions,
  description: [
    'Writes a line ADDRESS DIRECTORY for each address of DOMAIN into the file conf.SERVICE in the root of trees, which is made where it is not there. What others wrote into it stays byte for byte. virtuald goes by these files, and reads them again when they change; no record has what they say, so that they may be edited by hand as well.',
    'From then on the lines follow the addresses and names of the domain, and go with it.',
    'A domain without an address gets a line where virtuald.toml has sni = true for SERVICE: the line begins with sni in place of an address, and TLS clients reach the tree by its name. With --default it gets what no line is for.',
    'Where virtuald.toml gives SERVICE another file in the root of trees (conf = "conf.mail"), that one is meant.',
  ],
  examples: [
    ['virtfs service enable example.org ftp pop', 'for all its addresses'],
    ['virtfs service enable example.org http --default', 'and for connections to any other'],
  ],
  load: async () => (await import('../commands/service.ts')).runServiceEnable,
});

export const serviceDisableSpec = defineCommand({
  name: 'service disable',
  summary: 'take services of virtuald from a domain',
  operands: 'DOMAIN SERVICE…',
  takes: [2, Number.POSITIVE_INFINITY],
  completeOperands: ['domain', usualServices],
  options: disableOptions,
  description: [
    'Takes all lines of DOMAIN out of the file conf.SERVICE, those of default and sni too. Connections that are open go on.',
  ],
  examples: [['virtfs service disable example.org ftp', 'no new connections']],
  load: async () => (await import('../commands/service.ts')).runServiceDisable,
});

export const serviceListSpec = defineCommand({
  name: 'service list',
  summary: 'list which domains have which services',
  operands: '[DOMAIN [SERVICE]]',
  takes: [0, 2],
  completeOperands: ['domain', usualServices],
  options: listOptions,
  description: [
    'Shows for each domain, or for DOMAIN, the services it has lines of conf.SERVICE for, with the addresses, and the program that virtuald.toml has for each. A service without one is for inetd or another super-server to start, or nobody does.',
    'What cannot work is said: a program that the tree lacks, as root sees it.',
  ],
  examples: [
    ['virtfs service list', 'all'],
    [
      "virtfs service list --json | jq -r '.services[] | select(.isInTree == false) | .domain'",
      'domains whose tree lacks the program of a service',
    ],
  ],
  load: async () => (await import('../commands/service-list.ts')).runServiceList,
});

export const serviceSetupSpec = defineCommand({
  name: 'service setup',
  summary: 'write services that virtfs knows into virtuald.toml',
  operands: '[SERVICE…]',
  takes: [0, Number.POSITIVE_INFINITY],
  completeOperand: usualServices,
  options: setupOptions,
  description: [
    'Adds what virtuald.toml needs to serve SERVICE: where to listen, the program inside the trees, and limits. A service that is there already stays as it is, and so does every other byte of the file. What was written is printed.',
    'Without a SERVICE it lists those that virtfs knows. Profiles of the same names make trees that hold the programs.',
  ],
  examples: [
    ['virtfs service setup', 'which there are'],
    ['virtfs service setup ftp pop', 'two of them, with limits to be changed as you like'],
  ],
  load: async () => (await import('../commands/service-setup.ts')).runServiceSetup,
});

export const serviceInstallSpec = defineCommand({
  name: 'service install',
  summary: 'let the machine start virtuald',
  operands: '',
  takes: [0, 0],
  options: installOptions,
  description: [
    'Lays a unit of systemd, /etc/systemd/system/virtuald.service, or an init script of System V, /etc/init.d/virtuald. It is neither started nor enabled: the commands that do it are printed.',
    'One that virtfs laid before is renewed; one of anybody else is left alone, and is an error.',
  ],
  examples: [
    ['virtfs service install', 'for the init system of this machine'],
    ['virtfs service install --init sysv --etc /srv/image/etc', 'into an image of another machine'],
  ],
  load: async () => (await import('../commands/service-install.ts')).runServiceInstall,
});

export const serviceUninstallSpec = defineCommand({
  name: 'service uninstall',
  summary: 'take back what service install laid',
  operands: '',
  takes: [0, 0],
  options: uninstallOptions,
  description: [
    'Stops virtuald where the machine runs it by that file, and removes the unit and the init script that virtfs laid, with the links that enabled them. virtuald.toml and the files conf.SERVICE stay.',
  ],
  examples: [['virtfs service uninstall', 'virtuald ends, and is not started again']],
  load: async () => (await import('../commands/service-install.ts')).runServiceUninstall,
});
