import { type ManPage, terms, text } from './man-page.ts';

// biome-ignore format: a table
/** What each key of a domain's table means. */
export const declaredDomainTexts: Readonly<Record<string, string>> = {
  profiles:  'List of texts. What the tree is made of, in this order: virtfs-profile(5). A new domain without it gets the profile of virtfs.toml(5).',
  addresses: 'List of texts. The IP addresses of the domain. They may pass from one domain to another in one run; lines of conf.SERVICE files follow.',
  aliases:   'List of texts. Its other names, each a link beside the tree. A link made by hand counts as one.',
  admin:     "Text. The administrator's account of a new domain: that of virtfs.toml(5) when it is not given. It cannot be changed afterwards.",
  services:  "List of texts. The services of virtuald it has: files conf.SERVICE with lines for its addresses. What it has beyond them is taken away; without this key its lines stay as they are.",
  groups:    "List of texts. Groups of the domain's own, beside those that every tree has and those of its users' names. They are made when they are not there; --prune removes others that nobody is in.",
  users:     'Table. Below it a table for each user, by name.',
};

// biome-ignore format: a table
/** What each key of a user's table means. */
export const declaredUserTexts: Readonly<Record<string, string>> = {
  'full-name':     'Text. The full name, and what else passwd(5) keeps with it.',
  shell:           'Text. The login shell, an absolute path. /bin/false for a new user when it is not given: mail and FTP, no login.',
  home:            'Text. The home of a new user: /home/LETTER/NAME when it is not given. It cannot be changed afterwards.',
  uid:             "Number. The user and group id of a new user, one of the domain's own: the next one when it is not given. It cannot be changed afterwards.",
  groups:          "List of texts. All his supplementary groups. Groups of the system may be named, for who writes this file is root; root's may not.",
  'password-hash': "Text. A hash as crypt(5) writes it (yescrypt, gost-yescrypt, bcrypt, sha512crypt, sha256crypt or scrypt), such as mkpasswd --method=yescrypt prints; with a ! before it the account is locked; ! alone lets no password open it, as for a new user when it is not given. Never the password itself.",
};

/** virtfs-host(5). */
export const virtfsHostPage: ManPage = {
  name: 'virtfs-host',
  section: 5,
  summary: 'a file that declares the domains of a host',
  synopsis: ['virtfs apply FILE', 'virtfs dump > FILE'],
  sections: [
    {
      title: 'DESCRIPTION',
      blocks: text(
        'A TOML file that virtfs apply brings about and virtfs dump writes. It holds a table domains."NAME" for each domain - in quotes, for the name has dots - and below it a table users.NAME for each user. It may declare all domains of the host or a few.',
        'A list that is there is the whole list: what is not in it is taken away. A key that is not there leaves what is there as it is; for a domain or user who is new it is chosen as said below. addresses = [] takes all addresses away, no addresses leaves them.',
        'A domain or user the file does not name stays, unless virtfs apply is told to --prune. The administrator and the webmaster, whom every tree has, stay in any case; they need be named only where something of them is to be other than usual.',
        'A key that is not listed here is an error. All errors of the file are shown at once, before anything is changed.',
        'The file must belong to root, and nobody else may be able to write it: it decides what root does. With password hashes in it nobody else should be able to read it either.',
      ),
    },
    { title: 'KEYS OF A DOMAIN', blocks: [terms(...Object.entries(declaredDomainTexts))] },
    { title: 'KEYS OF A USER', blocks: [terms(...Object.entries(declaredUserTexts))] },
    {
      title: 'EXAMPLES',
      blocks: [
        ...text('A domain with two users:'),
        {
          type: 'code',
          lines: [
            '[domains."example.org"]',
            'profiles = ["login"]',
            'addresses = ["192.0.2.1", "2001:db8::1"]',
            'aliases = ["www.example.org"]',
            'groups = ["authors"]',
            '',
            '[domains."example.org".users.anna]',
            'full-name = "Anna Smith"',
            'shell = "/bin/bash"',
            'groups = ["www", "authors"]',
            '',
            '[domains."example.org".users.bob]',
          ],
        },
        ...text('The domains of this host and their users on another one:'),
        { type: 'code', lines: ['virtfs dump --passwords | ssh other virtfs apply -'] },
      ],
    },
  ],
  seeAlso: ['virtfs(8)', 'virtfs.toml(5)', 'virtfs-profile(5)', 'crypt(5)', 'passwd(5)'],
};
