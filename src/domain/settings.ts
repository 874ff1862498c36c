import type { LinkMethod } from './record.ts';

/** How a call is to work here: the settings file, the environment and `--root` put together. */
export interface Settings {
  /** Where new trees are made. Absolute and normal. */
  readonly root: string;
  /** All folders that hold trees, `root` first: several disks have several. */
  readonly roots: readonly string[];
  /** The administrator's own folder: settings, profiles, templates. */
  readonly configDir: string;
  /** Profiles that add to or override the built-in ones: `<configDir>/profiles`. */
  readonly profilesDir: string;
  /** Files that override the built-in templates of a tree's etc: `<configDir>/etc`. */
  readonly etcDir: string;
  /** The profile of a domain made without `--profile`. */
  readonly defaultProfile: string;
  readonly link: 'auto' | LinkMethod;
  /** The administrator's account in a new tree. */
  readonly admin: string;
  /** The first of all ids that may be given to domains, and how many each domain gets. */
  readonly uidFirst: number;
  readonly uidCount: number;
  /** After how many days a removed tree may be deleted for good; 0 keeps it until somebody says so. */
  readonly trashDays: number;
}
