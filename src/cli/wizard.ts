import { isAbsolute, normalize } from 'node:path';
import { type DomainName, parseDomainName, unicodeForm, whyNotDomainName } from '../domain/domain-name.ts';
import { type IpAddress, parseIpAddress } from '../domain/ip-address.ts';
import { whyNotAdminName } from '../domain/parse-admin-name.ts';
import { parseServiceName } from '../domain/service-name.ts';
import type { Settings } from '../domain/settings.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readConfFiles } from '../host/read-conf-files.ts';
import { type KnownProfile, readProfiles } from '../host/read-profiles.ts';
import { readServiceTemplates } from '../host/read-service-templates.ts';
import { readVirtualdFile } from '../host/read-virtuald-services.ts';
import type { CreateRequest } from '../pipeline/create-request.ts';
import { type PlannedDomains, planDomains } from '../pipeline/plan-domains.ts';
import { readTaken, type Taken } from '../pipeline/read-taken.ts';
import { type Ask, askOnTerminal } from './ask.ts';
import { describeFacts } from './describe-facts.ts';
import type { Io } from './io.ts';
import type { CreateWords } from './parse-create-words.ts';
import { describePlanned } from './show-plan.ts';

export interface WizardCall {
  /** What the command line said, with the settings' answers for what it left open. */
  readonly told: Omit<CreateRequest, 'domains'>;
  /** What the command line said itself: that is not asked again. */
  readonly words: Pick<CreateWords, 'profiles' | 'addresses' | 'admin' | 'services'>;
  readonly rootIsTold: boolean;
  readonly io: Io;
  readonly ask?: Ask;
}

/**
 * Asks for what `virtfs create` was not told, shows what would be made and asks whether to. Makes nothing itself.
 * undefined is a no. Throws Interrupted for Ctrl-C, and what planning throws.
 */
export async function runWizard(call: WizardCall): Promise<CreateRequest | undefined> {
  const { told, words, rootIsTold, io } = call;
  const ask = call.ask ?? (await askOnTerminal(io.signal));
  const { settings: preset } = told;
  const domain = await askDomain(ask, await readTaken(preset.roots));
  const settings = rootIsTold ? preset : withRoot(preset, await askRoot(ask, preset));
  const taken = await readTaken(settings.roots);
  const profiles = words.profiles ?? [
    await askProfile(ask, await readProfiles(settings), preset.defaultProfile),
  ];
  const addresses = words.addresses ?? (await askAddresses(ask, taken));
  const request: CreateRequest = {
    ...told,
    settings,
    domains: [domain],
    profiles,
    addresses,
    services: words.services ?? (await askServices(ask, settings, { profiles, addresses })),
    admin: words.admin ?? (await askAdmin(ask, preset.admin)),
  };
  io.err('Looking at the host …');
  // What is taken under another root is found here, by the planning that `create` does too.
  const planned = await planDomains(request);
  for (const line of describeRequest(request, planned, io.columns)) io.err(line);
  return (await ask.yes('Make it?')) ? request : undefined;
}

async function askDomain(ask: Ask, taken: Taken): Promise<DomainName> {
  const answer = await ask.text({
    message: 'Domain',
    whyNot: (text) => {
      const wrong = whyNotDomainName(text);
      if (wrong !== undefined) return `Not a domain name: ${wrong}`;
      const owner = taken.names.get(parseDomainName(text));
      return owner === undefined ? undefined : `There is ${owner} already`;
    },
    shown: bothForms,
  });
  return parseDomainName(answer);
}

/** The other form beside what is typed, where it has one: IDN as ASCII, `xn--…` as people write it. */
export function bothForms(typed: string): string {
  const text = typed.trim();
  if (whyNotDomainName(text) !== undefined) return typed;
  const name = parseDomainName(text);
  const other = name === text ? unicodeForm(name) : name;
  return other === undefined ? typed : `${typed} (${other})`;
}

function askRoot(ask: Ask, { root }: Settings): Promise<string> {
  return ask.text({
    message: 'Folder that holds the domains',
    default: root,
    whyNot: (text) =>
      isAbsolute(text) && !/\p{Cc}/u.test(text) ? undefined : 'Give an absolute path, such as /virtual',
  });
}

function withRoot(settings: Settings, answer: string): Settings {
  const root = answer === '/' ? '/' : normalize(answer).replace(/\/+$/u, '');
  return { ...settings, root, roots: [...new Set([root, ...settings.roots])] };
}

function askProfile(ask: Ask, known: ReadonlyMap<string, KnownProfile>, preset: string): Promise<string> {
  const choices = [...known].map(([value, { profile }]) => ({
    value,
    name: `${value}: ${escapeLines(profile.summary)}`,
    description: describeHolds(profile),
  }));
  return ask.choice('Profile', choices, preset);
}

/** What a profile names itself, in one line. */
export function describeHolds({
  extends: bases,
  commands,
  optionalCommands,
  packages,
}: KnownProfile['profile']): string {
  const all = [...commands, ...optionalCommands];
  const shown = all.slice(0, 12).join(' ');
  const programs = commands.includes('*')
    ? 'every program of this host'
    : `${shown}${all.length > 12 ? ` and ${all.length - 12} more` : ''}`;
  const parts = [
    bases.length === 0 ? '' : `all of ${bases.join(', ')}`,
    programs,
    packages.length === 0 ? '' : `packages ${packages.join(' ')}`,
  ];
  return escapeLines(parts.filter(Boolean).join('; '));
}

async function askAddresses(ask: Ask, taken: Taken): Promise<readonly IpAddress[]> {
  const answer = await ask.text({
    message: 'Addresses, with spaces between (none is fine)',
    whyNot: (text) => firstOf(wordsOf(text), (word) => whyNotAddress(word, taken)),
  });
  return [...new Set(wordsOf(answer).map(parseIpAddress))];
}

function whyNotAddress(word: string, taken: Taken): string | undefined {
  try {
    const owner = taken.addresses.get(parseIpAddress(word));
    return owner === undefined ? undefined : `${owner} has ${word}`;
  } catch (error) {
    if (error instanceof VirtfsError) return `${error.what}: ${error.why}`;
    throw error;
  }
}

/** Nothing tells a domain without an address, unless a service goes by names: then there is nothing to ask. */
async function askServices(
  ask: Ask,
  settings: Settings,
  { profiles, addresses }: Pick<CreateRequest, 'profiles' | 'addresses'>,
): Promise<readonly string[]> {
  const { services } = await readVirtualdFile(settings);
  const known = [
    ...new Set([...readServiceTemplates().keys(), ...services.keys(), ...confServices(settings)]),
  ];
  const possible = addresses.length > 0 ? known : known.filter((name) => services.get(name)?.sni === true);
  if (possible.length === 0) return [];
  const answer = await ask.text({
    message: `Services (${possible.sort().join(' ')}), with spaces between (none is fine)`,
    default: possible.filter((name) => profiles.includes(name)).join(' '),
    whyNot: (text) => firstOf(wordsOf(text), (word) => whyNotService(word, possible)),
  });
  const words = wordsOf(answer);
  return words.includes('none') ? [] : [...new Set(words.map(parseServiceName))];
}

function confServices({ root }: Settings): readonly string[] {
  return readConfFiles(root).map(({ service }) => service);
}

function whyNotService(word: string, possible: readonly string[]): string | undefined {
  return word === 'none' || possible.includes(word) ? undefined : `${word} is none of them`;
}

function askAdmin(ask: Ask, preset: string): Promise<string> {
  return ask.text({
    message: "The administrator's user name",
    default: preset,
    whyNot: (text) => {
      const wrong = whyNotAdminName(text);
      return wrong === undefined ? undefined : `Not a fit name: ${wrong}`;
    },
  });
}

function describeRequest(
  { domains, settings, profiles, addresses, aliases, admin, services = [] }: CreateRequest,
  planned: PlannedDomains,
  columns: number,
): readonly string[] {
  return describeFacts(
    [
      ['domain', domains.map(bothForms)],
      [
        'tree',
        domains.map((domain) => escapeLines(`${settings.root === '/' ? '' : settings.root}/${domain}`)),
      ],
      ['profile', profiles.join(' ')],
      ['addresses', addresses.join(' ') || 'none'],
      ['aliases', aliases.join(' ') || undefined],
      ['services', services.join(' ') || undefined],
      ['administrator', admin],
      ['takes', planned.domains.map(describePlanned)],
      ['notices', planned.notices.map(escapeLines)],
    ],
    columns,
  );
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/u).filter((word) => word !== '');
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
