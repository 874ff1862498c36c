import { describe, expect, it } from 'vitest';
import { renderTemplate } from '../../../src/render/render-template.ts';
import { thrownBy } from '../../support/thrown.ts';

describe('renderTemplate', () => {
  it('keeps line breaks as they are written and escapes nothing', () => {
    const text = 'a <%= it.x %>\nb\n<% for (const one of it.list) { -%>\n<%= one %>\n<% } -%>\n';
    expect(renderTemplate('t', text, { x: `<&"'>`, list: ['1', '2'] })).toBe(`a <&"'>\nb\n1\n2\n`);
  });

  it.each(['a\nb', 'a\rb', 'a\0', '\u001b[2J', 'a\u2028b'])(
    'takes no value like %j, alone or in a list',
    (bad) => {
      for (const data of [{ domain: bad }, { aliases: ['fine', bad] }]) {
        const error = thrownBy(() => renderTemplate('etc/hosts.eta', 'x', data));
        expect(error.code).toBe('BAD_CONFIG');
        expect(error.message).not.toMatch(/\p{Cc}/u);
      }
    },
  );

  it.each(['<% if %>', '<%= it.absent.x %>', '<% throw new Error("a\\u001bb") %>'])(
    'tells that %s fails',
    (text) => {
      const error = thrownBy(() => renderTemplate('etc/motd.eta', text, {}));
      expect(error).toMatchObject({ code: 'BAD_CONFIG', what: 'cannot render the template etc/motd.eta' });
      expect(error.why).not.toMatch(/\p{Cc}/u);
    },
  );
});
