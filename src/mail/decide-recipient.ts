import type { Account } from '../domain/account.ts';
import { type DomainName, whyNotDomainName } from '../domain/domain-name.ts';
import { lowerAscii } from '../domain/lower-ascii.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { type DecidedMailbox, decideMailbox } from './decide-mailbox.ts';
import type { Decision, DecisionResult, DecisionStep } from './decision.ts';
import { type Failure, refused, trouble, unknownDomain, unknownUser } from './decision-failures.ts';
import type { EnvelopeRecipient } from './mail-types.ts';
import type { MailDomain, MailView } from './mail-view.ts';
import { type MailAddress, parseAddress, renderAddress } from './parse-address.ts';
import { parseForward } from './parse-forward.ts';
import { type MailTarget, type ParsedTargets, parseTargets } from './parse-targets.ts';
import { keyOf, namesOf, shown, type Visit } from './visit.ts';

/** What is known of the message when its recipient is asked about. */
export interface MessageFacts {
  /** As the sender announces them. */
  readonly bytes?: number | undefined;
}

const mostDepth = 10;
/** Names and addresses one address may stand for, and looked at on the way. */
const mostVisits = 300;

/**
 * Where the mail for `address` goes: domain, refused names, the tree's etc/aliases, its passwd, `user+detail`, catch-all,
 * `.forward`. Throws nothing for whatever the address or a domain's files hold: a VirtfsError of the view becomes `later`;
 * any other error is ours, or the system's.
 */
export function decideRecipient(address: string, view: MailView, message: MessageFacts = {}): Decision {
  const decider = new Decider(address, view, message.bytes ?? 0);
  const result = decider.decide();
  return { address, steps: decider.steps, result };
}

/** `there`: it has a place, or had one already. */
type Outcome = 'there' | 'refused' | 'later';

class Decider {
  readonly steps: DecisionStep[] = [];
  readonly #address: string;
  readonly #view: MailView;
  readonly #bytes: number;
  readonly #recipients = new Map<string, EnvelopeRecipient>();
  readonly #forwards = new Set<string>();
  readonly #failures: Failure[] = [];
  readonly #seen = new Set<string>();
  #visits = 0;

  constructor(address: string, view: MailView, bytes: number) {
    this.#address = address;
    this.#view = view;
    this.#bytes = bytes;
  }

  decide(): DecisionResult {
    const parsed = parseAddress(this.#address);
    if (parsed.type === 'bad') {
      this.#say(0, `the address is malformed: ${parsed.why}`);
      return refused(parsed.status, `malformed address: ${parsed.why}`);
    }
    this.#guard(0, () => this.#start(parsed));
    return this.#sum();
  }

  #start(address: MailAddress): Outcome {
    const domain = this.#findDomain(address.domain);
    if (domain === undefined) return this.#fail(0, unknownDomain(address.domain));
    return this.#visit({
      domain,
      local: address.local,
      depth: 0,
      chain: [],
      isOutside: true,
      isFinal: false,
      mayCatchAll: true,
    });
  }

  /** The name itself, else without its first label, and so on: `mail.example.org` is `example.org` where it is nobody. */
  #findDomain(name: DomainName): MailDomain | undefined {
    for (let at: string = name; whyNotDomainName(at) === undefined; at = at.slice(at.indexOf('.') + 1)) {
      const found = this.#view.findDomain(at as DomainName);
      if (found !== undefined) {
        this.#say(
          0,
          `${at} ${at === found.domain ? 'is a domain' : `is an alias of ${found.domain}`} in ${found.root}`,
        );
        return found;
      }
      this.#say(0, `${at} is no domain here`);
    }
    return undefined;
  }

  #visit(visit: Visit): Outcome {
    const { depth, chain, domain } = visit;
    const key = keyOf(visit);
    const isOnChain = chain.includes(key);
    if (!isOnChain && !visit.isFinal && this.#seen.has(key)) {
      this.#say(depth, `${shown(visit)} was seen to already`);
      return 'there';
    }
    const far = this.#whyTooFar(depth);
    if (far !== undefined)
      return this.#fail(depth, trouble(`aliases and forwards of ${domain.domain} lead to ${far}`));
    // A name that stands for itself and others: its own mailbox is meant.
    if (isOnChain || visit.isFinal) return this.#deliver(visit, { isPlain: true });
    this.#seen.add(key);
    return this.#find(visit);
  }

  #whyTooFar(depth: number): string | undefined {
    if (depth > mostDepth) return `more than ${mostDepth} steps`;
    return ++this.#visits > mostVisits ? `more than ${mostVisits} addresses` : undefined;
  }

  #find(visit: Visit): Outcome {
    const { domain, depth } = visit;
    const names = namesOf(visit);
    const refusedName = names.find(
      (name) => visit.isOutside && domain.settings.refuse?.includes(lowerAscii(name)),
    );
    if (refusedName !== undefined) {
      return this.#fail(
        depth,
        refused('5.7.1', 'mail for this address is not accepted', shown({ domain, local: refusedName })),
      );
    }
    for (const name of names) {
      const list = domain.aliases().get(lowerAscii(name));
      if (list !== undefined) {
        const targets = this.#readTargets(
          depth,
          parseTargets(list),
          `etc/aliases sends ${shown({ domain, local: name })} to`,
        );
        if (targets.length > 0) return this.#expand(visit, targets);
      }
      if (this.#mailboxOf(domain, name) !== undefined) return this.#deliver(visit, { isPlain: false });
    }
    return this.#decideUnknown(visit);
  }

  /** An account that can be somebody's: root's is the administrator of the domain, where nothing else is said. */
  #mailboxOf(domain: MailDomain, name: string): Account | undefined {
    const account = domain.findAccount(name);
    const isRoot = account?.uid === 0 && account.name === 'root' && domain.admin !== undefined;
    return isRoot ? undefined : account;
  }

  #decideUnknown(visit: Visit): Outcome {
    const { domain, local, depth } = visit;
    const { admin } = domain;
    if (
      admin !== undefined &&
      ['root', 'postmaster'].includes(lowerAscii(local)) &&
      admin !== lowerAscii(local)
    ) {
      this.#say(depth, `${shown(visit)} is the administrator of the domain, ${escapeLines(admin)}`);
      return this.#expand(visit, [{ type: 'local', local: admin, isFinal: false }]);
    }
    this.#say(depth, `the tree's passwd has no ${shown(visit)}`);
    const { catchAll } = domain.settings;
    if (catchAll === undefined || !visit.mayCatchAll) return this.#fail(depth, unknownUser(shown(visit)));
    const { targets } = parseTargets(catchAll);
    this.#say(depth, `${escapeLines(catchAll)} catches all of ${domain.domain}`);
    const failures = this.#failures.length;
    const outcome = this.#expand({ ...visit, mayCatchAll: false }, targets);
    if (outcome !== 'refused' || this.#failures.at(-1)?.status !== '5.1.1') return outcome;
    this.#failures.splice(failures);
    // What was set by mistake, or is gone since, must not send mail back.
    return this.#fail(
      depth,
      trouble(`${escapeLines(catchAll)}, which catches all of ${domain.domain}, is not there`),
    );
  }

  #deliver(visit: Visit, { isPlain }: { readonly isPlain: boolean }): Outcome {
    const { domain, local, depth } = visit;
    const names = namesOf(visit);
    const name = names.find((each) => this.#mailboxOf(domain, each) !== undefined);
    const account = name === undefined ? undefined : domain.findAccount(name);
    if (name === undefined || account === undefined) {
      return visit.chain.includes(keyOf(visit))
        ? this.#fail(depth, refused('5.4.6', 'this address leads in a circle', shown(visit)))
        : this.#fail(depth, unknownUser(shown(visit)));
    }
    const detail = name === local ? undefined : local.slice(name.length + 1);
    const decided = decideMailbox({ domain, account, detail, bytes: this.#bytes });
    for (const text of decided.notes) this.#say(depth, text);
    if (decided.type === 'failure') return this.#fail(depth, decided.failure);
    return isPlain ? this.#put(depth, decided) : this.#forward(visit, decided);
  }

  #forward(visit: Visit, decided: Extract<DecidedMailbox, { type: 'mailbox' }>): Outcome {
    const { depth } = visit;
    if (decided.forward === undefined) return this.#put(depth, decided);
    const targets = this.#readTargets(
      depth,
      parseForward(decided.forward),
      `the .forward of ${shown(visit)} sends it to`,
    );
    if (targets.length === 0) {
      this.#say(depth, 'nothing in .forward counts');
      return this.#put(depth, decided);
    }
    const failures = this.#failures.length;
    const outcome = this.#expand(visit, targets);
    if (outcome !== 'refused') return outcome;
    // His own mail must not go back because he mistyped where it goes.
    this.#failures.splice(failures);
    this.#say(depth, 'nobody in .forward takes it');
    return this.#put(depth, decided);
  }

  /** One that fails for now lets all wait, for there is one answer for all; one that is refused is left out. */
  #expand(visit: Visit, targets: readonly MailTarget[]): Outcome {
    let isThere = false;
    for (const target of targets) {
      const outcome = this.#guard(visit.depth + 1, () => this.#follow(visit, target));
      if (outcome === 'later') return outcome;
      if (outcome === 'there') isThere = true;
    }
    return isThere ? 'there' : 'refused';
  }

  #follow(from: Visit, target: MailTarget): Outcome {
    const { mayCatchAll } = from;
    const way = { depth: from.depth + 1, chain: [...from.chain, keyOf(from)], mayCatchAll };
    if (target.type === 'local') {
      const { local, isFinal } = target;
      return this.#visit({ ...way, domain: from.domain, local, isOutside: false, isFinal });
    }
    // No parents here: nobody but the mail program of this host knows what other names it answers for.
    const domain = this.#view.findDomain(target.domain);
    if (domain === undefined) return this.#send(way.depth, renderAddress(target));
    const isOutside = domain.root !== from.domain.root || domain.domain !== from.domain.domain;
    return this.#visit({ ...way, domain, local: target.local, isOutside, isFinal: false });
  }

  #send(depth: number, address: string): Outcome {
    const far = this.#whyTooFar(depth);
    if (far !== undefined) return this.#fail(depth, trouble(`aliases and forwards lead to ${far}`));
    this.#say(depth, `${escapeLines(address)} is of another host: forwarded`);
    this.#forwards.add(address);
    return 'there';
  }

  #put(depth: number, { mailbox }: Extract<DecidedMailbox, { type: 'mailbox' }>): Outcome {
    const { root, domain, user, folder } = mailbox;
    const where = `the mailbox of ${escapeLines(user)} of ${domain}`;
    this.#say(
      depth,
      `it goes to ${folder === undefined ? where : `the folder ${escapeLines(folder)} of ${where}`}`,
    );
    this.#recipients.set(JSON.stringify([root, domain, user, folder]), { address: this.#address, mailbox });
    return 'there';
  }

  #readTargets(depth: number, { targets, ignored }: ParsedTargets, which: string): readonly MailTarget[] {
    for (const { text, why } of ignored.slice(0, 20))
      this.#say(depth, `${which} ${escapeLines(text)}, which does not count: ${why}`);
    for (const target of targets.slice(0, 20)) {
      const text = target.type === 'local' ? target.local : renderAddress(target);
      this.#say(depth, `${which} ${escapeLines(text)}`);
    }
    return targets;
  }

  /** What a stranger's file throws concerns this name, not the others. */
  #guard(depth: number, act: () => Outcome): Outcome {
    try {
      return act();
    } catch (error) {
      if (error instanceof VirtfsError) return this.#fail(depth, trouble(`${error.what}: ${error.why}`));
      throw error;
    }
  }

  #fail(depth: number, failure: Failure): Outcome {
    this.#say(depth, failure.detail);
    this.#failures.push(failure);
    return failure.type;
  }

  #say(depth: number, text: string): void {
    this.steps.push({ depth, text });
  }

  #sum(): DecisionResult {
    const later = this.#failures.find(({ type }) => type === 'later');
    if (later !== undefined) return later;
    const [first] = this.#failures;
    if (this.#recipients.size + this.#forwards.size === 0)
      return first ?? refused('5.4.6', 'this address leads in a circle');
    return { type: 'mailboxes', recipients: [...this.#recipients.values()], forwards: [...this.#forwards] };
  }
}
