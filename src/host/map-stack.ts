import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/**
 * The stack of an error with the places in `src` that its bundled lines came from. Read when there is a bug to report
 * and not before: Node's own support would read every map at every start. Lines without a map stay as they are.
 */
export function mapStack(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replace(
    /(?<file>\/[^\s():]+\.js):(?<line>\d+):(?<column>\d+)/gu,
    (place, file, line, column) => {
      if (!maps.has(file)) maps.set(file, readMap(file));
      const origin = maps.get(file)?.findOrigin(Number(line), Number(column));
      if (origin === undefined || !('fileName' in origin)) return place;
      const source = origin.fileName.replace(/^.*?(?=(?:src|node_modules)\/)/u, '');
      return `${source}:${origin.lineNumber}:${origin.columnNumber}`;
    },
  );
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    // No map, or none that can be read: the line in the bundle is better than nothing.
    return undefined;
  }
}
