import { unicodeForm } from '../../domain/domain-name.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { Interrupted } from '../../errors/interrupted.ts';
import type { DomainList, FoundDomain } from '../../host/read-records.ts';
import { openTerminal } from './open-terminal.ts';

interface Choice {
  readonly name: string;
  readonly value: FoundDomain;
}

/**
 * Asks on the terminal for one of the domains, by arrow keys and by typing a part of its name.
 * Throws NEEDS_TERMINAL where there is no terminal, Interrupted when the question is left by Ctrl-C.
 */
export async function chooseDomain(lists: readonly DomainList[], program: string): Promise<FoundDomain> {
  const terminal = openTerminal();
  const choices = describeChoices(lists);
  try {
    const { default: inquirer } = await import('inquirer');
    const ask = inquirer.createPromptModule({ input: terminal.input, output: terminal.output });
    const answer: { readonly found: FoundDomain } = await ask([
      {
        type: 'search',
        name: 'found',
        message: `Run ${escapeLines(program)} in which domain?`,
        source: (term: string | undefined) =>
          choices.filter(({ name }) => name.toLowerCase().includes((term ?? '').trim().toLowerCase())),
      },
    ]);
    return answer.found;
  } catch (error) {
    // biome-ignore lint/style/useErrorCause: leaving a question is no failure, and has no cause to show
    if (Error.isError(error) && error.name === 'ExitPromptError') throw new Interrupted('SIGINT');
    throw error;
  } finally {
    await terminal.close();
  }
}

/** One line for each domain and alias, sorted by name; the root it is in where there are several. */
export function describeChoices(lists: readonly DomainList[]): readonly Choice[] {
  const many = lists.filter(({ domains }) => domains.length > 0).length > 1;
  const choices = lists.flatMap(({ root, domains, aliases }) => {
    const where = many ? `  in ${escapeLines(root)}` : '';
    return [
      ...domains.map((domain) => ({ name: `${shownName(domain)}${where}`, value: { root, domain } })),
      ...aliases.map(({ name, domain }) => ({
        name: `${shownName(name)} -> ${domain}${where}`,
        value: { root, domain, alias: name },
      })),
    ];
  });
  return choices.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function shownName(domain: FoundDomain['domain']): string {
  const unicode = unicodeForm(domain);
  return unicode === undefined ? domain : `${domain} (${escapeLines(unicode)})`;
}
