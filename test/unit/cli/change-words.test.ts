import { describe, expect, it } from 'vitest';
import { describeConsequences, describeRefreshed } from '../../../src/cli/change-words.ts';
import type { Change } from '../../../src/pipeline/update-request.ts';

const wide = 200;

describe('describeConsequences', () => {
  it('says nothing where nothing followed', () => {
    expect(describeConsequences({ confFiles: [], notices: [], problems: [] }, wide)).toEqual([]);
  });

  it('names the files that were written, then what needs a hand', () => {
    const lines = describeConsequences(
      { confFiles: ['conf.ftp', 'conf.pop'], notices: ['by the way'], problems: ['not done'] },
      wide,
    );
    expect(lines).toEqual(['Written: conf.ftp, conf.pop.', '  note: not done', '  note: by the way']);
  });

  it('hangs a long note and lets no control character pass', () => {
    const notices = ["conf.ftp, line 3, is left as it is: '\\x1b' \u001b[2J"];
    expect(describeConsequences({ confFiles: [], notices, problems: [] }, 40)).toEqual([
      '  note: conf.ftp, line 3, is left as it',
      "        is: '\\x1b' \\x1b[2J",
    ]);
  });
});

describe('describeRefreshed', () => {
  it('names what is new in the tree, and passes by what stays', () => {
    const changes = [change('etc/hosts', 'replace'), change('etc/motd', 'keep')];
    expect(describeRefreshed({ changes, notices: [], problems: [] }, 'a.org', wide)).toEqual([
      'Brought up to date in the tree: /etc/hosts.',
    ]);
  });

  it('tells a file that the domain changed from one that is new', () => {
    const changes = [change('etc/hosts', 'lay beside')];
    expect(describeRefreshed({ changes, notices: [], problems: ['no room'] }, 'a.org', wide)).toEqual([
      '  note: no room',
      '  note: the domain changed /etc/hosts: the new text lies beside its own, see virtfs diff a.org',
    ]);
  });

  it('counts what is too much to be named', () => {
    const changes = Array.from({ length: 10 }, (_, index) => change(`etc/${index}`, 'add'));
    const [line = ''] = describeRefreshed({ changes, notices: [], problems: [] }, 'a.org', wide);
    expect(line).toMatch(/\/etc\/7 and 2 more\.$/u);
  });
});

function change(path: string, action: Change['action']): Change {
  return { path, action, why: 'new text' };
}
