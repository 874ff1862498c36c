import type { CommandSpec } from './command.ts';
import { completionSpec } from './specs/completion-spec.ts';
import { createSpec } from './specs/create-spec.ts';
import { explainSpec } from './specs/explain-spec.ts';
import { generateSpec } from './specs/generate-spec.ts';
import { listSpec } from './specs/list-spec.ts';
import { profileSpec } from './specs/profile-spec.ts';
import { profilesSpec } from './specs/profiles-spec.ts';
import { showSpec } from './specs/show-spec.ts';

/** Every command of virtfs, in the order help shows them. Help, man page and completion are made from this. */
export const commands: readonly CommandSpec[] = [
  createSpec,
  listSpec,
  showSpec,
  explainSpec,
  profilesSpec,
  profileSpec,
  completionSpec,
  generateSpec,
];
