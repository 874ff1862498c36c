import { describe, expect, it } from 'vitest';
import { groupCommands } from '../../../src/cli/command-groups.ts';
import { commands } from '../../../src/cli/command-table.ts';

describe('groupCommands', () => {
  it('has a heading for every command of virtfs', () => {
    const groups = groupCommands(commands);
    expect(groups.map(({ title }) => title)).not.toContain('other');
    const names = groups.flatMap(({ items }) =>
      items.flatMap((item) => (item.type === 'family' ? item.commands : [item.command])),
    );
    expect(names.map(({ name }) => name).sort()).toEqual(
      commands
        .filter(({ hidden }) => !hidden)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('puts commands with the same first word together, in the order of the table', () => {
    const [group] = groupCommands([named('user add'), named('list'), named('user show')]).slice(-1);
    expect(group).toMatchObject({
      title: 'people',
      items: [{ type: 'family', name: 'user', commands: [{ name: 'user add' }, { name: 'user show' }] }],
    });
  });

  it('leaves out hidden commands, and headings with nothing below', () => {
    expect(groupCommands([{ ...named('list'), hidden: true }, named('create')])).toMatchObject([
      { title: 'make and remove', items: [{ command: { name: 'create' } }] },
    ]);
  });

  it('shows a command that has no heading all the same', () => {
    expect(groupCommands([named('paint'), named('create')]).at(-1)).toMatchObject({
      title: 'other',
      items: [{ command: { name: 'paint' } }],
    });
  });
});

function named(name: string) {
  return { name, summary: '' };
}
