import { describe, expect, it } from 'vitest';
import { renderEtc } from '../../../src/plan/etc-templates.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('renderEtc', () => {
  it('renders what ends in .eta and leaves the rest as it stands', () => {
    expect(render({ 'motd.eta': '<%= it.domain %>\n', profile: '<%= it.domain %>\n' })).toEqual([
      { name: 'motd', text: 'a.example\n', site: false },
      { name: 'profile', text: '<%= it.domain %>\n', site: false },
    ]);
  });

  it.each([
    [['hosts'], 'plain'],
    [['hosts.eta'], 'rendered'],
    [[], 'rendered'],
  ])('of NAME and NAME.eta takes the one of %j', (site, text) => {
    expect(render({ hosts: 'plain', 'hosts.eta': 'rendered' }, site)).toMatchObject([
      { name: 'hosts', text },
    ]);
  });

  it.each(['passwd', 'shadow.eta', 'gshadow', 'group', '../x', '/x', 'a//b', 'a\nb', ''])(
    'refuses %j',
    (name) => {
      expect(thrownBy(() => render({ [name]: 'x' }, [name])).code).toBe('BAD_CONFIG');
    },
  );
});

function render(texts: Record<string, string>, site: string[] = []) {
  const templates = { texts: new Map(Object.entries(texts)), site: new Set(site) };
  return renderEtc(templates, () => true, { domain: 'a.example' });
}
