import type { Described } from '../completion/program-spec.ts';
import { virtexecSpec } from '../virtexec/virtexec-spec.ts';
import { virtmaildSpec } from '../virtmaild/virtmaild-spec.ts';
import { virtmaildeliverySpec } from '../virtmaildelivery/virtmaildelivery-spec.ts';
import { virtmailfilterSpec } from '../virtmailfilter/virtmailfilter-spec.ts';
import { virtualdSpec } from '../virtuald/virtuald-spec.ts';
import type { ManPage } from './man-page.ts';
import { describeVirtexecPage } from './virtexec-page.ts';
import { virtfsHostPage } from './virtfs-host-page.ts';
import { describeVirtfsPage } from './virtfs-page.ts';
import { virtfsProfilePage } from './virtfs-profile-page.ts';
import { virtfsTomlPage } from './virtfs-toml-page.ts';
import { describeVirtmaildPage } from './virtmaild-page.ts';
import { describeVirtmaildeliveryPage } from './virtmaildelivery-page.ts';
import { describeVirtmailfilterPage } from './virtmailfilter-page.ts';
import { describeVirtualdPage } from './virtuald-page.ts';
import { virtualdTomlPage } from './virtuald-toml-page.ts';

/** Every manual page there is; `table` has the commands of virtfs. */
export function describeManPages(table: readonly Described[]): readonly ManPage[] {
  return [
    describeVirtfsPage(table),
    describeVirtexecPage(virtexecSpec),
    describeVirtualdPage(virtualdSpec),
    describeVirtmaildPage(virtmaildSpec),
    describeVirtmailfilterPage(virtmailfilterSpec),
    describeVirtmaildeliveryPage(virtmaildeliverySpec),
    virtfsTomlPage,
    virtualdTomlPage,
    virtfsProfilePage,
    virtfsHostPage,
  ];
}
