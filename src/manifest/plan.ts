import type { Entry } from './entry.ts';

// biome-ignore format: a table
/** The sections of a plan in the order they are applied, with the title the task list shows. */
export const sectionTitles = {
  directories: 'Make directories',
  programs:    'Link programs and libraries',
  accounts:    'Write accounts and PAM',
  devices:     'Make devices and log',
  web:         'Lay out web folders',
} as const;

export type SectionName = keyof typeof sectionTitles;

/** Entries that belong together. Entries are in an order in which they can be applied. */
export interface Section {
  readonly name: SectionName;
  readonly entries: readonly Entry[];
}

/**
 * Everything one tree is to hold.
 * `layer` is the same for every domain with these profiles on this host, `own` belongs to one domain.
 */
export interface Plan {
  readonly layer: readonly Section[];
  readonly own: readonly Section[];
  /** Sentences the administrator should read: what was left out, and why. */
  readonly notices: readonly string[];
}
