import { policyKeys } from '../../virtuald/policy-keys.ts';
import { capitalize, type ManPage, terms, text } from './man-page.ts';

function keysOf(scope: 'server' | 'service' | 'policy') {
  return terms(
    ...policyKeys
      .filter((key) => key.scope === scope)
      .map(
        ({ name, doc, standard }) =>
          [name, `${capitalize(doc)}. When it is not given: ${standard}.`] as const,
      ),
  );
}

/** virtuald.toml(5). */
export const virtualdTomlPage: ManPage = {
  name: 'virtuald.toml',
  section: 5,
  summary: 'network services of virtuald',
  synopsis: ['/etc/virtfs/virtuald.toml'],
  sections: [
    {
      title: 'DESCRIPTION',
      blocks: [
        ...text(
          'A TOML file that names the services a virtuald that lasts serves: virtuald --config. It must belong to root, and nobody else may be able to write it. A key that is not listed here is an error; all errors of the file are shown at once, and on HUP a file with errors leaves all as it was. virtuald --check looks at it, and at all files of addresses, without serving.',
          'virtfs service setup SERVICE writes a section for each service that is shipped with virtfs.',
        ),
        {
          type: 'code',
          lines: [
            '[service.ftp]',
            'listen = ["ftp", "[2001:db8::1]:2121"]',
            'program = ["/usr/sbin/vsftpd", "/etc/vsftpd.conf"]',
            'max = 50',
            'idle = 900',
            '',
            '[service.ftp.domain."one.example"]',
            'max = 200',
            '',
            '[service.imaps]',
            'listen = ["993"]',
            'program = ["/usr/sbin/imapd"]',
            'sni = true',
            'proxy-from = ["192.0.2.7"]',
          ],
        },
      ],
    },
    { title: 'KEYS OF THE FILE', blocks: [keysOf('server')] },
    {
      title: 'KEYS OF A SERVICE',
      blocks: [
        ...text(
          'In [service.NAME]. NAME stands in the log and in the status, and is the name of sockets that systemd hands over (FileDescriptorName=).',
        ),
        keysOf('service'),
      ],
    },
    {
      title: 'KEYS OF A SERVICE, OR OF ONE DOMAIN OF IT',
      blocks: [
        ...text(
          'In [service.NAME], and in [service.NAME.domain."DOMAIN"], where they count for that domain in place of what its service says.',
        ),
        keysOf('policy'),
      ],
    },
    {
      title: 'WHO IS REFUSED, AND WHY',
      blocks: [
        ...text('These names stand in the log, in the status and in the metrics:'),
        terms(
          ['no-tree', 'The address has no line, and there is no default.'],
          ['bad-tree', 'The tree is missing, or others than root may change it.'],
          ['denied', 'deny has the client, or allow has not.'],
          ['max, max-total, max-per-source, per-minute', 'The limit of that name is reached.'],
          ['queue-full, queue-time', 'As many wait already, or it waited as long as may be.'],
          [
            'hello',
            'What had to come first, a TLS ClientHello or a PROXY header, was something else, or did not come in time.',
          ],
        ),
        ...text(
          'Each limit trips for itself, and is over as soon as what tripped it is. A connection that had its turn and whose service could not be started counts as failed. Arrived are started, refused, waiting and left (clients that went away while they waited); started are running, ended and failed.',
        ),
      ],
    },
    {
      title: 'NAMES AND PROXIES',
      blocks: text(
        'With sni, a client that asks for mail.one.example comes to the tree one.example, unless there is one of the longer name: first labels are dropped, one by one. Only trees and aliases that the file of addresses names are found so. A client that asks for no name, or for one that is unknown, goes by address. The service gets every byte.',
        'From the networks of proxy-from a PROXY header, version 1 or 2, must come before anything else; it is taken off. The addresses in it count in place of those of the connection: for the tree, for allow and deny, for limits, in the log and in the environment of the service.',
      ),
    },
    {
      title: 'FILES',
      blocks: [
        terms(
          [
            '/etc/virtfs/virtuald.toml',
            'The file. VIRTFS_CONFIG_DIR names another folder to look for it in.',
          ],
          ['/virtual/conf.NAME', 'The addresses of a service: see virtuald(8), CONF.'],
        ),
      ],
    },
  ],
  seeAlso: ['virtuald(8)', 'virtfs(8)', 'virtfs.toml(5)'],
};
