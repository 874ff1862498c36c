import { type ManPage, terms, text } from './man-page.ts';

// biome-ignore format: a table
/** What each key of a profile means. */
export const profileKeyTexts: Readonly<Record<string, string>> = {
  summary:             'Text, required. One line that virtfs profiles shows.',
  extends:             'List of profile names. All they ask for is asked for here too.',
  commands:            'List of programs: names that are looked up on PATH, or absolute paths. "*" is every program of the folders of PATH. One that this host lacks is an error.',
  'optional-commands': 'As commands, but one that this host lacks is left out, with a notice.',
  packages:            'List of packages of the distribution. All their files come along.',
  files:               'List of absolute paths and glob patterns of files and folders of the host. Their links come along whole.',
  'optional-files':    'List of absolute paths. One that this host lacks is left out.',
  exclude:             'List of absolute paths and glob patterns: what they match is left out of what "*", packages and glob patterns name. What something that stays needs, or a link that stays leads to, comes along all the same.',
  directories:         'List of tables {path, mode, owner, group}: folders of the tree. mode is octal digits in quotes, "0755" when it is not given; owner and group are "root".',
  links:               'List of tables {path, target}: symbolic links of the tree.',
  devices:             'List of devices by name, of those virtfs knows: null zero full random urandom tty ptmx.',
  users:               'List of system accounts that the tree shall have, with the ids the host gives them.',
  groups:              'List of system groups that the tree shall have.',
  pam:                 "List of names of files of the host's /etc/pam.d. The modules they name come along.",
  setid:               'List of absolute paths of programs that keep their set-user-id and set-group-id bits. All others lose them.',
  etc:                 'List of names of templates of etc, as vsftpd.conf: files that only trees of this profile get. They are in /etc/virtfs/profile-etc, or brought by virtfs.',
  shells:              "List of absolute paths of programs that etc/shells of the tree lists beside the host's shells.",
  'host-keys':         'List of paths as /etc/ssh/ssh_host_ed25519_key. Each new tree gets an SSH host key of its own there (Ed25519), and its public half beside it.',
  services:            'List of names of network services that a tree of this profile is ready for.',
  install:             "Table of commands and the package of Debian that holds each: what to install is said where this host lacks the command.",
};

/** virtfs-profile(5). */
export const virtfsProfilePage: ManPage = {
  name: 'virtfs-profile',
  section: 5,
  summary: 'what the file tree of a domain holds',
  synopsis: ['/etc/virtfs/profiles/NAME.toml'],
  sections: [
    {
      title: 'DESCRIPTION',
      blocks: text(
        'A profile is a TOML file that names what a tree is to hold. Its name is the name of the file without .toml. virtfs brings minimal, login and howto for trees to work in, and ftp, http, pop, sftp, smb, smtp and tcpd for servers; a file in /etc/virtfs/profiles adds one, or takes the place of the built-in one of the same name.',
        'A profile names programs and data; what these need is found out by virtfs without running them: the loader and libraries of a program, the interpreter of a script, every link of a chain of links, PAM modules and name service modules.',
        'Some files never come along, whatever a profile says: password hashes, private keys, host keys, the identity of the machine, sudoers.',
        'The file must belong to root, and nobody else may be able to write it. A key that is not listed here is an error, and all errors of a file are shown at once. One file with an error stops every command that reads profiles.',
      ),
    },
    { title: 'KEYS', blocks: [terms(...Object.entries(profileKeyTexts))] },
    {
      title: 'FILES',
      blocks: [
        terms(
          [
            '/etc/virtfs/profiles/*.toml',
            "The administrator's profiles. VIRTFS_CONFIG_DIR names another folder than /etc/virtfs.",
          ],
          ['PREFIX/lib/virtfs/templates/profiles/*.toml', 'The built-in profiles.'],
          [
            '/etc/virtfs/profile-etc/*',
            'Templates of files of etc for the key etc. One takes the place of the built-in one of the same name; NAME.eta is rendered, NAME laid as it is.',
          ],
          ['PREFIX/lib/virtfs/templates/profile-etc/*', 'The built-in ones.'],
        ),
      ],
    },
    {
      title: 'EXAMPLES',
      blocks: [
        ...text('A tree for people who write Perl and use rsync, /etc/virtfs/profiles/perl.toml:'),
        {
          type: 'code',
          lines: [
            'summary = "login, with Perl and rsync"',
            'extends = ["login"]',
            'commands = ["perl", "rsync"]',
            'packages = ["perl-base"]',
            'directories = [{ path = "/srv/scripts", mode = "0750", owner = "webmaster" }]',
          ],
        },
        ...text('What it comes to on this host:'),
        { type: 'code', lines: ['virtfs profile perl'] },
      ],
    },
  ],
  seeAlso: ['virtfs(8)', 'virtfs.toml(5)', 'pam.d(5)'],
};
