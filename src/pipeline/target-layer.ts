import type { DomainRecord } from '../domain/record.ts';
import type { Settings } from '../domain/settings.ts';
import type { Host, HostAnswers } from '../host/open-host.ts';
import type { Layer } from '../manifest/manifest.ts';
import type { Plan } from '../manifest/plan.ts';
import type { OpenTrees } from './change-trees.ts';
import type { StoredFiles } from './fill-store.ts';
import type { HostTexts } from './inspect-host.ts';

/** What trees of one choice of profiles are to be on this host as it is now. */
export interface TargetLayer {
  readonly id: string;
  readonly layer: Layer;
  /** See `nameLayerFacts`. */
  readonly ownFacts: string;
  /** What of the host it was planned from; undefined where that cannot be told, or is changing right now. */
  readonly answers: HostAnswers | undefined;
  readonly host: Host;
  /** The store's content of the host files that `planTree` names. */
  readonly stored: StoredFiles;
  /** What plans all of one tree. */
  readonly planner: () => Promise<(record: DomainRecord) => Plan>;
}

export interface TargetQuestion {
  readonly settings: Settings;
  readonly texts: HostTexts;
  readonly profiles: readonly string[];
  /** All names of domains and aliases there are. */
  readonly names: () => readonly string[];
  /** The domains of these profiles: what is one's own decides what of the layer is left. Throw BAD_RECORD. */
  readonly records: readonly (() => Promise<DomainRecord>)[];
  readonly trees: OpenTrees;
  /** Nothing is written: contents of host files are hashed, not stored. */
  readonly dryRun: boolean;
  /** See to it that the store has every file of the layer: somebody may have removed what was damaged. */
  readonly looksIntoStore: boolean;
  readonly between: () => Promise<void> | undefined;
}
