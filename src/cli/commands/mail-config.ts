import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { escapeLines } from '../../errors/escape-lines.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { findInstallRoot } from '../../host/find-install-root.ts';
import { type MadeFile, needsMadeFile, putMadeFile } from '../../host/put-made-file.ts';
import { readMailTemplates } from '../../host/read-mail-templates.ts';
import { listDomains } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { findSocket } from '../../mail/find-socket.ts';
import {
  type MailServer,
  mailServers,
  planServerConfig,
  type ServerConfig,
  usualFolders,
} from '../../mail/plan-server-config.ts';
import { requireRoot } from '../../pipeline/change-trees.ts';
import { badUsage } from '../command-line.ts';
import type { Io } from '../io.ts';
import type { MailConfigCall } from '../specs/mail-config-spec.ts';

export async function runMailConfig({ operands, values, io, spec }: MailConfigCall): Promise<number> {
  const bad = (why: string) => badUsage('virtfs', spec, why);
  const server = parseServer(operands[0] ?? '', bad);
  const dir = parseFolder(values.etc ?? usualFolders[server], bad);
  const settings = await readSettings(io.env, values.root);
  const domains = settings.roots
    .map(listDomains)
    .flatMap((list) => [...list.domains, ...list.aliases.map(({ name }) => name)]);
  const config = planServerConfig(server, readMailTemplates(server, settings), {
    dir,
    root: settings.root,
    domains: [...new Set(domains)].sort(),
    socket: await findSocket(io.env),
    filter: findProgram('virtmailfilter'),
    virtuald: findProgram('virtuald'),
  });
  const laid = values.install ? lay(config, dir, values['dry-run'] ?? false) : undefined;
  if (values.json) {
    io.out(JSON.stringify({ server, roots: settings.roots, domains, ...config, laid }, undefined, 2));
    return 0;
  }
  show(config, laid, { io, quiet: values.quiet ?? false, dryRun: values['dry-run'] ?? false });
  if (domains.length === 0 && !values.quiet) io.err('There is no domain yet: virtfs create DOMAIN');
  return 0;
}

function show(
  { files, steps }: ServerConfig,
  laid: readonly string[] | undefined,
  { io, quiet, dryRun }: { readonly io: Io; readonly quiet: boolean; readonly dryRun: boolean },
): void {
  if (laid === undefined) for (const { path, text } of files) io.out(`==> ${path} <==\n${text.trimEnd()}\n`);
  else if (!quiet) {
    for (const { path } of files) {
      const isNew = laid.includes(path);
      io.err(
        `${path} ${isNew ? (dryRun ? 'would be laid.' : 'is laid.') : 'is there already, as it should be.'}`,
      );
    }
  }
  if (laid === undefined) io.out('==> what is left to do <==');
  io.out(steps.trimEnd());
}

/** Lays the files that are not as they should be, or none: a foreign one is found before the first is written. */
function lay({ files }: ServerConfig, dir: string, dryRun: boolean): readonly string[] {
  if (!dryRun) requireRoot('lay files of a mail server');
  if (!existsSync(dir)) {
    throw new VirtfsError('PATH_MISSING', {
      what: `cannot lay files in ${dir}`,
      why: 'there is no such folder',
      mend: 'install the mail server first, or say where its configuration is: --etc DIR',
    });
  }
  const wanted: readonly MadeFile[] = files.filter(needsMadeFile);
  if (!dryRun) for (const file of wanted) putMadeFile(file);
  return wanted.map(({ path }) => path);
}

/** As it is called from outside: by its link in PREFIX/sbin where virtfs is installed. */
function findProgram(name: string): string {
  const home = findInstallRoot();
  const link = join(dirname(dirname(home)), 'sbin', name);
  return home.endsWith('/lib/virtfs') && existsSync(link) ? link : join(home, 'dist', `${name}.js`);
}

function parseServer(word: string, bad: (why: string) => Error): MailServer {
  const server = mailServers.find((each) => each === word);
  if (server === undefined) throw bad(`there is no mail server '${escapeLines(word).slice(0, 80)}' it knows`);
  return server;
}

/** Each server has its own way with other characters in a name. */
function parseFolder(word: string, bad: (why: string) => Error): string {
  if (/^\/[\w./+-]+$/u.test(word)) return join(word, '.').replace(/\/$/u, '');
  throw bad(
    `--etc needs an absolute path of letters, digits and . _ + -, not '${escapeLines(word).slice(0, 80)}'`,
  );
}
