import { describe, expect, test } from 'vitest';
import { mergeAccounts } from '../../../src/domain/merge-accounts.ts';

const current = {
  passwd: 'root:x:0:0:mine:/root:/bin/sh\nbob:x:105:70001::/:/bin/sh\n+::::::\n',
  group: 'root:x:0:bob\n# kept\n',
  shadow: 'root:secret:1:0:99999:7:::\n',
  gshadow: 'root:!::bob\n',
};

const planned = {
  passwd: 'root:x:0:0:root:/root:/bin/bash\nmail:x:8:8::/var/mail:/bin/false\ndma:x:105:8::/:/bin/false\n',
  group: 'root:x:0:\nmail:x:8:\n',
  shadow: 'root:*::0:99999:7:::\nmail:*::0:99999:7:::\ndma:*::0:99999:7:::\n',
  gshadow: 'root:!::\nmail:!::\n',
};

describe('mergeAccounts', () => {
  test('appends accounts whose names are missing, with their secrets, and changes nothing else', () => {
    const { files, added } = mergeAccounts(current, planned);
    expect(added).toEqual(['mail']);
    expect(files).toEqual({
      passwd:
        'root:x:0:0:mine:/root:/bin/sh\nbob:x:105:70001::/:/bin/sh\nmail:x:8:8::/var/mail:/bin/false\n+::::::\n',
      group: 'root:x:0:bob\n# kept\nmail:x:8:\n',
      shadow: 'root:secret:1:0:99999:7:::\nmail:*::0:99999:7:::\n',
      gshadow: 'root:!::bob\nmail:!::\n',
    });
  });

  test('leaves out an account whose number somebody else has', () => {
    expect(mergeAccounts(current, planned).conflicts).toEqual([
      "the user dma is left out: its number 105 is bob's in this tree",
    ]);
  });

  test('gives an account the secret that a killed call did not come to write', () => {
    const { files } = mergeAccounts(current, planned);
    const cut = { ...files, shadow: current.shadow, gshadow: current.gshadow };
    expect(mergeAccounts(cut, planned)).toMatchObject({ files, added: [] });
  });

  test('gives none to an account that keeps its password elsewhere', () => {
    const own = { ...current, passwd: 'mail::8:8::/:/bin/sh\n', group: 'mail::8:\n' };
    expect(mergeAccounts(own, planned).files).toMatchObject({ shadow: expect.not.stringContaining('mail') });
  });

  test('finds nothing to do the second time', () => {
    const { files } = mergeAccounts(current, planned);
    expect(mergeAccounts(files, planned)).toMatchObject({ files, added: [] });
  });
});
