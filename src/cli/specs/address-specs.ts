import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const changeOptions = {
  interface: {
    type: 'string',
    short: 'i',
    value: 'IF',
    help: 'a network interface of this host that gets the addresses, or gives them up, now and until the next boot',
    complete: 'none',
  },
  root: rootOption,
  json: jsonOption,
  quiet: { type: 'boolean', short: 'q', help: 'say nothing but errors' },
} as const satisfies OptionSpecs;

const listOptions = {
  format: {
    type: 'string',
    value: 'FORMAT',
    help: 'print what gives an interface the addresses at each boot: ifupdown or networkd; needs --interface',
    complete: ['ifupdown', 'networkd'],
  },
  interface: {
    type: 'string',
    short: 'i',
    value: 'IF',
    help: 'the interface that --format speaks of',
    complete: 'none',
  },
  root: rootOption,
  json: jsonOption,
} as const satisfies OptionSpecs;

export type AddressChangeCall = CommandCall<typeof changeOptions>;
export type AddressListCall = CommandCall<typeof listOptions>;

export const addressAddSpec = defineCommand({
  name: 'address add',
  summary: 'give a domain addresses',
  operands: 'DOMAIN IP…',
  takes: [2, Number.POSITIVE_INFINITY],
  completeOperands: ['domain', 'none'],
  options: changeOptions,
  description: [
    "Writes the addresses into the domain's record and into its hosts file. A file conf.SERVICE in the root of trees that has a line of this domain gets one for each new address; no other file is touched: virtfs service enable says which services a domain has.",
    'With --interface the addresses are given to that interface first, as /32 or /128; where it has them already, they stay as they are. That lasts until the next boot: virtfs address list --format prints what to write down for it.',
    'No other domain may have the address.',
  ],
  examples: [
    ['virtfs address add example.org 192.0.2.7', 'IPv4 and IPv6, in any spelling'],
    ['virtfs address add example.org 192.0.2.7 --interface eth0', 'the interface gets it too'],
  ],
  load: async () => (await import('../commands/address.ts')).runAddressAdd,
});

export const addressRemoveSpec = defineCommand({
  name: 'address remove',
  summary: 'take addresses from a domain',
  operands: 'DOMAIN IP…',
  takes: [2, Number.POSITIVE_INFINITY],
  completeOperands: ['domain', 'none'],
  options: changeOptions,
  description: [
    "Takes the addresses out of the record, the domain's hosts file, and its lines in all files conf.SERVICE.",
    'With --interface that interface gives them up afterwards, where they stand as /32 or /128. An address with the prefix of a whole network is the own one of the host, and stays.',
  ],
  examples: [['virtfs address remove example.org 192.0.2.7 --interface eth0', 'all of it']],
  load: async () => (await import('../commands/address.ts')).runAddressRemove,
});

export const addressListSpec = defineCommand({
  name: 'address list',
  summary: 'list the addresses of domains',
  operands: '[DOMAIN]',
  takes: [0, 1],
  completeOperand: 'domain',
  options: listOptions,
  description: [
    'Shows the addresses of DOMAIN, or of all domains, and the services whose file conf.SERVICE sends them to that domain.',
    'With --format it prints them as the text of interfaces(5) or systemd.network(5), which says in a comment where it belongs.',
  ],
  examples: [
    ['virtfs address list', 'all'],
    [
      'virtfs address list --interface eth0 --format ifupdown > /etc/network/interfaces.d/virtfs',
      'Debian gives eth0 the addresses at each boot',
    ],
  ],
  load: async () => (await import('../commands/address-list.ts')).runAddressList,
});
