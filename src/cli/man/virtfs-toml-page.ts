import { type ManPage, terms, text } from './man-page.ts';

// biome-ignore format: a table
/** What each key of virtfs.toml means. */
export const settingTexts: Readonly<Record<string, string>> = {
  root:        'Text. The folder in which new trees are made, an absolute path. "/virtual" when it is not given.',
  roots:       'List of texts. All folders that hold trees, one on each disk. virtfs list, show and explain look in all of them, and no address, name or user id is given twice among them. When root is not given, the first one is.',
  profile:     'Text. The profile of a domain that is made without --profile. "login" when it is not given.',
  link:        'Text. How trees share files: "reflink", "hardlink", "copy", or "auto", which takes the first of these that the file system has. "auto" when it is not given.',
  admin:       "Text. The administrator's account in a tree that is made without --admin. \"admin\" when it is not given.",
  'uid-first': 'Number. The first user id that a domain may get: 200000 when it is not given. Ids that the host or subuid(5) uses are passed over.',
  'uid-count': 'Number. How many user ids each domain gets: 10000 when it is not given.',
  'trash-days': 'Number. After how many days virtfs clean, and the next virtfs remove, delete the tree of a removed domain: 30 when it is not given. 0 keeps it until virtfs remove --purge.',
};

/** virtfs.toml(5). */
export const virtfsTomlPage: ManPage = {
  name: 'virtfs.toml',
  section: 5,
  summary: 'settings of virtfs and virtexec',
  synopsis: ['/etc/virtfs/virtfs.toml'],
  sections: [
    {
      title: 'DESCRIPTION',
      blocks: text(
        'A TOML file. It need not be there: every key has a value that is used without it. A key that is not listed here is an error, and all errors of the file are shown at once.',
        'The file must belong to root, and nobody else may be able to write it: it decides what root does.',
        'For the root of trees, the option --root wins over the variable VIRTFS_ROOT, which wins over this file. A root that is named in either way stands alone: roots is not looked at then.',
      ),
    },
    { title: 'KEYS', blocks: [terms(...Object.entries(settingTexts))] },
    {
      title: 'FILES',
      blocks: [
        terms([
          '/etc/virtfs/virtfs.toml',
          'The file. VIRTFS_CONFIG_DIR names another folder to look for it in.',
        ]),
      ],
    },
    {
      title: 'EXAMPLES',
      blocks: [
        ...text('Two disks, and small trees when nothing else is asked for:'),
        {
          type: 'code',
          lines: [
            'root = "/virtual"',
            'roots = ["/virtual", "/disk2/virtual"]',
            'profile = "minimal"',
            'uid-first = 1000000',
          ],
        },
      ],
    },
  ],
  seeAlso: ['virtfs(8)', 'virtexec(8)', 'virtfs-profile(5)', 'subuid(5)'],
};
