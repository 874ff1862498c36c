import { describe, expect, test } from 'vitest';
import { changeAccount } from '../../../src/domain/change-account.ts';

const files = {
  passwd: '# x\nbob:x:2:2:B:/home/b/bob:/bin/false\n+nis\nbobby:x:3:3::/:/bin/sh\n',
  group: 'bob:x:2:bob\nwww:x:1:anna\ndevs:x:4:bob,anna\nbroken\n',
  shadow: 'bob:!:::::::\n',
  gshadow: 'www:!::anna\ndevs:!:bob:bob,anna\n',
};

describe('changeAccount', () => {
  test('changes the fields it is told, and leaves all else byte for byte', () => {
    const { passwd, group, shadow } = changeAccount(files, 'bob', { gecos: 'Böb', shell: '/bin/sh' });
    expect(passwd).toBe(
      files.passwd.replace('bob:x:2:2:B:/home/b/bob:/bin/false', 'bob:x:2:2:B\xc3\xb6b:/home/b/bob:/bin/sh'),
    );
    expect({ group, shadow }).toEqual({ group: files.group, shadow: files.shadow });
  });

  test('puts a user into the groups and out of the others, but for that of his name', () => {
    const { group, gshadow } = changeAccount(files, 'bob', { groups: ['www'] });
    expect(group).toBe('bob:x:2:bob\nwww:x:1:anna,bob\ndevs:x:4:anna\nbroken\n');
    expect(gshadow).toBe('www:!::anna,bob\ndevs:!:bob:anna\n');
  });

  test('gives the same texts where all is so already', () => {
    expect(changeAccount(files, 'bob', { gecos: 'B', shell: '/bin/false', groups: ['devs'] })).toEqual(files);
  });
});
