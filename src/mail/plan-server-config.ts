import { join } from 'node:path';
import { renderTemplate } from '../render/render-template.ts';

/** The mail servers that bring mail to virtmaild or virtmailfilter. */
export const mailServers = ['qmail', 'postfix', 'exim', 'sendmail'] as const;
export type MailServer = (typeof mailServers)[number];

// biome-ignore format: a table
/** Where each has its configuration. */
export const usualFolders: Readonly<Record<MailServer, string>> = {
  qmail:    '/var/qmail',
  postfix:  '/etc/postfix',
  exim:     '/etc/exim4',
  sendmail: '/etc/mail',
};

export interface ServerFacts {
  /** The folder of the server's configuration. */
  readonly dir: string;
  /** The first root of trees. */
  readonly root: string;
  /** Every domain and alias. */
  readonly domains: readonly string[];
  /** The socket of virtmaild. */
  readonly socket: string;
  /** Our programs, by their paths. */
  readonly filter: string;
  readonly virtuald: string;
}

export interface ServerConfig {
  /** Files that are ours alone. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** What is left to do: commands, and lines for files that are the administrator's; comments say when. */
  readonly steps: string;
}

// biome-ignore format: a table
/** Where what is made of each template goes, below the server's folder. */
const places: Readonly<Record<MailServer, Readonly<Record<string, string>>>> = {
  qmail: {
    'qmail-default':   'virtmail/.qmail-default',
    virtualdomains:    'virtmail/virtualdomains',
    rcpthosts:         'virtmail/rcpthosts',
  },
  postfix:  { 'virtfs-domains': 'virtfs-domains' },
  exim:     { 'virtfs-domains': 'virtfs-domains', 'virtfs-router': 'virtfs-router', 'virtfs-transport': 'virtfs-transport' },
  sendmail: { 'virtfs-domains': 'virtfs-domains', 'virtfs.m4': 'virtfs.m4' },
};

/** What `server` needs to bring the mail of all domains. Throws BAD_CONFIG for a template that fails. */
export function planServerConfig(
  server: MailServer,
  templates: ReadonlyMap<string, string>,
  facts: ServerFacts,
): ServerConfig {
  const render = (name: string) =>
    renderTemplate(`mail/${server}/${name}.eta`, templates.get(name) ?? '', { ...facts });
  return {
    files: Object.entries(places[server]).map(([name, place]) => ({
      path: join(facts.dir, place),
      text: render(name),
    })),
    steps: render('steps'),
  };
}
