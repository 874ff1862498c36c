import { readSettings } from '../../host/read-settings.ts';
import { type CleanResult, cleanRoot } from '../../pipeline/clean-root.ts';
import { chooseProgress, sayWaiting } from '../choose-progress.ts';
import { describeCount, describeSize } from '../describe-size.ts';
import type { CleanCall } from '../specs/remove-specs.ts';
import { wrapText } from '../wrap-text.ts';

export async function runClean({ values, io }: CleanCall): Promise<number> {
  const settings = await readSettings(io.env, values.root);
  const results: CleanResult[] = [];
  for (const root of settings.roots) {
    results.push(
      await cleanRoot({
        settings,
        root,
        dryRun: values['dry-run'] ?? false,
        progress: chooseProgress(values, io),
        signal: io.signal,
        onWait: sayWaiting(values, io, root),
      }),
    );
  }
  const bytes = results.reduce((sum, result) => sum + result.bytes, 0);
  if (values.json) {
    io.out(JSON.stringify({ dryRun: values['dry-run'] ?? false, roots: results, bytes }, undefined, 2));
  } else if (!values.quiet) {
    for (const line of results.flatMap((result) => describeClean(result, io.columns))) io.err(line);
  }
  return 0;
}

function describeClean(
  { root, dryRun, trees, layers, objects, bytes }: CleanResult,
  columns: number,
): readonly string[] {
  const what = [
    trees.length === 0
      ? ''
      : `${describeCount(trees.length, 'tree')} of the trash (${trees.map(({ domain }) => domain).join(', ')})`,
    layers.files === 0 ? '' : describeCount(layers.files, 'layer file'),
    objects.files === 0 ? '' : `${describeCount(objects.files, 'file')} of the store`,
  ].filter(Boolean);
  const size = `${describeSize(bytes)} ${dryRun ? 'would be free' : 'are free'}`;
  const text =
    what.length === 0
      ? `${root}: nothing to delete.`
      : `${root}: ${dryRun ? 'would delete' : 'deleted'} ${what.join(', ')}; ${size}${dryRun && trees.length > 0 ? ', and what those trees hold' : ''}.`;
  return wrapText(text, columns);
}
