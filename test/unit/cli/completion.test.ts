import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/cli/command-table.ts';
import { listPrograms } from '../../../src/cli/completion/list-programs.ts';
import { renderCompletion, shells } from '../../../src/cli/completion/render-completion.ts';
import { virtexecSpec } from '../../../src/cli/virtexec/virtexec-spec.ts';

describe.each(shells)('completion for %s', (shell) => {
  const script = renderCompletion(shell, listPrograms(commands));
  const offers = (option: string) =>
    expect(script).toMatch(new RegExp(shell === 'fish' ? `-l ${option} ` : `--${option}\\b`, 'u'));

  it('has every shown command and option of virtfs', () => {
    for (const { name, options, hidden } of commands) {
      if (hidden) continue;
      for (const word of name.split(' ')) expect(script).toContain(word);
      for (const option of Object.keys(options)) offers(option);
    }
    expect(script).not.toContain('generate');
  });

  it('has every option of virtexec', () => {
    for (const option of Object.keys(virtexecSpec.options)) offers(option);
  });

  it('asks virtfs for the names of domains and profiles', () => {
    expect(script).toContain('virtfs list --names');
    expect(script).toContain('virtfs profiles --names');
  });
});
