import type { CommandSpec } from './command.ts';
import { addressAddSpec, addressListSpec, addressRemoveSpec } from './specs/address-specs.ts';
import { affectedSpec } from './specs/affected-spec.ts';
import { aliasAddSpec, aliasListSpec, aliasRemoveSpec } from './specs/alias-specs.ts';
import { applySpec } from './specs/apply-spec.ts';
import { checkSpec } from './specs/check-spec.ts';
import { cloneSpec } from './specs/clone-spec.ts';
import { completionSpec } from './specs/completion-spec.ts';
import { createSpec } from './specs/create-spec.ts';
import { diffSpec } from './specs/diff-spec.ts';
import { doctorSpec } from './specs/doctor-spec.ts';
import { dumpSpec } from './specs/dump-spec.ts';
import { escapeProbeSpec } from './specs/escape-probe-spec.ts';
import { explainSpec } from './specs/explain-spec.ts';
import { generateSpec } from './specs/generate-spec.ts';
import { listSpec } from './specs/list-spec.ts';
import { mailConfigSpec } from './specs/mail-config-spec.ts';
import { mailExplainSpec, mailSetSpec, mailShowSpec } from './specs/mail-specs.ts';
import { mailTestSpec } from './specs/mail-test-spec.ts';
import { profileSpec } from './specs/profile-spec.ts';
import { profilesSpec } from './specs/profiles-spec.ts';
import { cleanSpec, removeSpec, restoreSpec } from './specs/remove-specs.ts';
import { renameSpec } from './specs/rename-spec.ts';
import { rollbackSpec } from './specs/rollback-spec.ts';
import {
  serviceDisableSpec,
  serviceEnableSpec,
  serviceInstallSpec,
  serviceListSpec,
  serviceSetupSpec,
  serviceUninstallSpec,
} from './specs/service-specs.ts';
import { showSpec } from './specs/show-spec.ts';
import { traceSpec } from './specs/trace-spec.ts';
import { updateSpec } from './specs/update-spec.ts';
import {
  userAddSpec,
  userListSpec,
  userLockSpec,
  userPasswdSpec,
  userRemoveSpec,
  userShowSpec,
  userUnlockSpec,
} from './specs/user-specs.ts';

/** Every command of virtfs, in the order help shows them. Help, man page and completion are made from this. */
export const commands: readonly CommandSpec[] = [
  createSpec,
  removeSpec,
  restoreSpec,
  cloneSpec,
  listSpec,
  showSpec,
  explainSpec,
  affectedSpec,
  traceSpec,
  profilesSpec,
  profileSpec,
  checkSpec,
  cleanSpec,
  updateSpec,
  diffSpec,
  rollbackSpec,
  renameSpec,
  aliasAddSpec,
  aliasRemoveSpec,
  aliasListSpec,
  addressAddSpec,
  addressRemoveSpec,
  addressListSpec,
  serviceEnableSpec,
  serviceDisableSpec,
  serviceListSpec,
  serviceSetupSpec,
  serviceInstallSpec,
  serviceUninstallSpec,
  mailSetSpec,
  mailShowSpec,
  mailExplainSpec,
  doctorSpec,
  userAddSpec,
  userRemoveSpec,
  userPasswdSpec,
  userLockSpec,
  userUnlockSpec,
  userListSpec,
  userShowSpec,
  mailConfigSpec,
  mailTestSpec,
  applySpec,
  dumpSpec,
  completionSpec,
  generateSpec,
  escapeProbeSpec,
];
