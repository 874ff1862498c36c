import { policyFlags } from '../../virtuald/policy-keys.ts';
import type { CommandSpec, OptionSpec } from '../command.ts';

const own = {
  listen: { ...describeFlag('listen'), complete: 'none' },
  config: {
    type: 'string',
    value: '[FILE]',
    help: 'serve all that virtuald.toml(5) says, or FILE in its place',
    complete: 'file',
  },
  status: { type: 'boolean', help: 'show what a virtuald that lasts is doing' },
  json: { type: 'boolean', help: 'with --status: as JSON' },
  metrics: { type: 'boolean', help: 'with --status: as Prometheus reads it' },
  check: {
    type: 'boolean',
    help: 'read the configuration and every CONF, or the CONF given, say all that is wrong, and do nothing else',
  },
  root: {
    type: 'string',
    value: 'DIR',
    help: 'the folder that holds the trees (else VIRTFS_ROOT, else virtfs.toml, else /virtual)',
    complete: 'directory',
  },
  name: {
    type: 'string',
    value: 'NAME',
    help: 'what the service is called in log and status (else as PROGRAM)',
    complete: 'none',
  },
  version: { type: 'boolean', short: 'V', help: 'show the version' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** What help, man page and completion say of virtuald. It reads its own words (`parseCall`): most belong to the service. */
export const virtualdSpec = {
  name: 'virtuald',
  summary: 'run a network service in the tree of the domain a client connected to',
  operands: 'CONF PROGRAM [ARG…]',
  takes: [0, Number.POSITIVE_INFINITY],
  completeOperands: ['file', 'command', 'file'],
  optionsEndAt: 0,
  options: { ...own, ...describePolicy() },
  description: [
    'Each domain has an address of its own. virtuald looks at the address a client connected to, finds the tree of that address in CONF, enters it for good, as virtexec(8) does, and becomes PROGRAM, which need not know of any of this. PROGRAM is looked up inside the tree.',
    'One connection: called by inetd, xinetd or tcpserver for each client, with the connection as standard input. Everything from PROGRAM on goes to the program untouched. What it says on standard error goes to the log of the host, not to the client.',
    'Lasting: with --listen, with --config, with sockets from systemd, or with the listening socket of an inetd line that says wait, it stays, starts the services itself, many times faster, and can count, queue and end connections. Options of its policy that count need this form.',
    'A line of CONF is ADDRESS DIRECTORY, with white space between; default in place of an address is for connections no other line is for, wherever it stands. What follows # is a comment. Addresses are IPv4 or IPv6. A CONF without a slash is a file in the root of trees. virtfs address keeps these files.',
    'When PROGRAM is tcpd, what stands behind it is the service as it is to be called, and the hosts.allow and hosts.deny of the tree decide.',
  ],
  examples: [
    [
      'ftp stream tcp nowait root /usr/local/sbin/virtuald virtuald /virtual/conf.ftp vsftpd',
      'a line of inetd.conf: vsftpd of each domain, for its address',
    ],
    [
      'ftp stream tcp nowait root /usr/local/sbin/virtuald virtuald /virtual/conf.ftp tcpd vsftpd',
      'the same, with the hosts.allow and hosts.deny of the domain in front',
    ],
    [
      'tcpserver -u 0 -g 0 -H -R 0 pop3 virtuald /virtual/conf.pop popa3d',
      'the same for POP under tcpserver',
    ],
    [
      'virtuald --listen ftp --max 50 --max-per-source 5 /virtual/conf.ftp vsftpd',
      'without any of them: 50 clients a domain at most, 5 from one address',
    ],
    ['virtuald --config', 'all services of virtuald.toml(5) in one process'],
    ['virtuald --check', 'read everything and say what is wrong, before a change goes live'],
  ],
} as const satisfies Omit<CommandSpec, 'load'>;

function describePolicy(): Readonly<Record<string, OptionSpec>> {
  const others = policyFlags.filter(({ flag }) => flag !== 'listen');
  return Object.fromEntries(others.map(({ flag }) => [flag, describeFlag(flag)]));
}

function describeFlag(name: string): OptionSpec {
  const found = policyFlags.find(({ flag }) => flag === name);
  if (found === undefined) throw new Error(`the policy has no ${name}`);
  const { argument, repeats, doc, standard } = found;
  const again = repeats ? '; may be given again' : '';
  const help = `${doc.charAt(0).toLowerCase()}${doc.slice(1)}${again}`;
  return {
    type: argument === undefined ? 'boolean' : 'string',
    ...(repeats && { multiple: true }),
    ...(argument !== undefined && { value: argument }),
    ...(name === 'verbose' && { short: 'v' }),
    help: argument === undefined ? help : `${help} (else ${standard})`,
    complete: 'none',
  };
}
