import type { CloneChoice, CloneType } from '../manifest/clone-choice.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';

/** What is decided elsewhere of the paths of a domain that is cloned. Paths are those of the tree. */
export interface CloneRules {
  /** What virtfs laid in the domain's tree, by path. */
  readonly before: ReadonlyMap<string, ManifestEntry>;
  /** Asked of what virtfs laid, and of what stands in a folder that it laid; anything else comes along. */
  readonly choose: (path: string, found: CloneType) => CloneChoice;
  /** True for what the clone must lack too when the domain took it away. */
  readonly isGone: (path: string) => boolean;
  /** A user or group number in the new domain; undefined when it is none of the domain's. */
  readonly mapId: (id: number) => number | undefined;
}

/** The choice for what the domain has in a folder of its own. */
export function chooseOwn(found: CloneType): CloneChoice {
  if (found !== 'dir') return { type: 'copy', replaces: false, unlessAsLaid: false };
  return { type: 'enter', isThere: false, replaces: false, ifFilled: false, owned: 'as found' };
}
