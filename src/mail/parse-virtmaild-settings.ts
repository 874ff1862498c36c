import * as v from 'valibot';
import { describeMistakes } from '../domain/describe-mistakes.ts';
import { nearestName } from '../domain/nearest-name.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type { MailListen } from './mail-listen.ts';
import { describeMailListen, isLoopback, parseMailListen } from './parse-mail-listen.ts';
import { standardSocket } from './standard-socket.ts';
import type { VirtmaildSettings } from './virtmaild-settings.ts';

const megabyte = 1024 * 1024;

const path = v.pipe(
  v.string('must be text'),
  v.check((text) => /^\/.*[^/]$/u.test(text) && escapeLines(text) === text, 'must be an absolute path'),
);

const name = v.pipe(
  v.string('must be text'),
  v.regex(
    /^(?:[a-zA-Z_][\w.-]{0,255}\$?|\d{1,10})$/u,
    'must be the name of an account of this host, or its number',
  ),
);

function whole(least: number, most: number) {
  const rule = `must be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(rule), v.integer(rule), v.minValue(least, rule), v.maxValue(most, rule));
}

const keys = {
  listen: v.optional(
    v.array(v.string('must be text'), 'must be a list of texts: ["unix:/run/virtfs/lmtp.sock"]'),
  ),
  'allow-remote': v.optional(v.boolean('must be true or false'), false),
  'socket-group': v.optional(name),
  'trusted-users': v.optional(v.array(name, 'must be a list of user names'), []),
  'max-size': v.optional(whole(1024, 4096 * megabyte), 100 * megabyte),
  'max-recipients': v.optional(whole(1, 1000), 100),
  'max-sessions': v.optional(whole(1, 10_000), 100),
  idle: v.optional(whole(1, 86_400), 300),
  total: v.optional(whole(1, 604_800), 3600),
  sendmail: v.optional(path, '/usr/sbin/sendmail'),
  'forward-user': v.optional(name, 'nobody'),
};

const schema = v.object(keys, 'must be a table of settings');

/** The names virtmaild.toml may hold. */
export const virtmaildKeys: readonly string[] = Object.keys(keys);

/** `listen` stands for what the file says of it: words of a command line. */
export interface SettingsContext {
  readonly file: string;
  readonly listen?: readonly string[] | undefined;
}

/**
 * Checks what a TOML reader made of virtmaild.toml, and puts what is built in where it says nothing. Throws BAD_CONFIG that
 * lists every mistake.
 */
export function parseVirtmaildSettings(value: unknown, { file, listen }: SettingsContext): VirtmaildSettings {
  const result = v.safeParse(schema, value);
  const mistakes = [...unknownKeys(value), ...(result.issues ?? []).map(describeIssue)];
  const said = result.success ? result.output : undefined;
  const places = readPlaces(listOfTexts(value), mistakes);
  const chosen = listen === undefined ? places : listen.map(parseMailListen);
  const isOpen = said?.['allow-remote'] ?? false;
  if (!isOpen) mistakes.push(...(listen === undefined ? chosen.flatMap(whyNotHere) : []));
  if (mistakes.length > 0 || said === undefined) {
    throw new VirtfsError('BAD_CONFIG', {
      what: `cannot use ${file}`,
      why: describeMistakes(mistakes),
      mend: 'correct the file: man 8 virtmaild',
    });
  }
  if (!isOpen) requireHere(chosen);
  return {
    listen: chosen,
    allowRemote: isOpen,
    socketGroup: said['socket-group'],
    trustedUsers: said['trusted-users'],
    maxSize: said['max-size'],
    maxRecipients: said['max-recipients'],
    maxSessions: said['max-sessions'],
    idleSeconds: said.idle,
    totalSeconds: said.total,
    sendmail: said.sendmail,
    forwardUser: said['forward-user'],
  };
}

/** Why an address is none to listen on as long as `allow-remote` is not set. */
export function whyNotHere(place: MailListen): readonly string[] {
  if (place.type === 'unix' || isLoopback(place.address)) return [];
  return [
    `listen: other machines can reach ${describeMailListen(place)}, and whoever reaches it may deliver to everybody; allow-remote = true allows it`,
  ];
}

function requireHere(places: readonly MailListen[]): void {
  const [why] = places.flatMap(whyNotHere);
  if (why === undefined) return;
  throw new VirtfsError('BAD_ADDRESS', {
    what: 'cannot listen there',
    why: why.replace('listen: ', ''),
    mend: 'give a socket or an address of this machine alone: --listen unix:/run/virtfs/lmtp.sock, --listen 127.0.0.1:24',
  });
}

function readPlaces(listen: readonly string[] | undefined, mistakes: string[]): readonly MailListen[] {
  if (listen?.length === 0) mistakes.push('listen must name one place at least');
  return (listen ?? [`unix:${standardSocket}`]).flatMap((text) => {
    try {
      return [parseMailListen(text)];
    } catch (error) {
      if (!(error instanceof VirtfsError)) throw error;
      mistakes.push(`listen: ${error.what}: ${error.why}`);
      return [];
    }
  });
}

/** What `listen` is, where something else is wrong as well. */
function listOfTexts(value: unknown): readonly string[] | undefined {
  const result = v.safeParse(v.object({ listen: v.optional(v.array(v.string())) }), value);
  return result.success ? result.output.listen : undefined;
}

function unknownKeys(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value)
    .filter((key) => !Object.hasOwn(keys, key))
    .map((key) => {
      const near = nearestName(key, virtmaildKeys);
      return `'${escapeLines(key)}' is no setting${near === undefined ? '' : `, perhaps ${near} is meant`}`;
    });
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const where = v.getDotPath(issue);
  return where === null ? `it ${issue.message}` : `${escapeLines(where)} ${issue.message}`;
}
