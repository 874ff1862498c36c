// build [DIR [RUNTIME]]: bundles each program of src/bin into DIR (dist). DIR/NAME.js starts it with the Node.js at
// RUNTIME; its code is in DIR/NAME, the native module in DIR/native. Node's compile cache comes to be in DIR/cache.
//
// Made for a quick start: what a call does not need is in files of its own (import()), each program is bundled by
// itself, as sharing files would make them many, and all is CommonJS, which Node loads in a third of the time.
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import process from 'node:process';
import { build, type Plugin, transform } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
const [folder = `${root}dist`, runtime = process.execPath] = process.argv.slice(2);
const dist = resolve(folder);
const staging = `${dist}-${process.pid}`;

// The package chooses among twenty platforms, from many files; ours is known. The module it would load has
// the functions we use.
const nativeSource = `
const native = { exports: {} };
process.dlopen(native, __dirname + '/../native/koffi.node');
export default native.exports;
`;

const native: Plugin = {
  name: 'native',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^koffi$/ }, () => ({ path: 'koffi', namespace: 'native' }));
    onLoad({ filter: /^/, namespace: 'native' }, () => ({ contents: nativeSource, loader: 'js' }));
  },
};

const programs = (await readdir(`${root}src/bin`))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -'.ts'.length));

try {
  await mkdir(`${staging}/native`, { recursive: true });
  await copyFile(
    `${root}node_modules/@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`,
    `${staging}/native/koffi.node`,
  );
  await writeFile(`${staging}/package.json`, '{ "type": "commonjs" }\n');
  for (const program of programs) {
    await bundle(program);
    for (const name of await readdir(`${staging}/${program}`)) await convert(`${staging}/${program}`, name);
    await putEntry(program);
  }
  await rm(dist, { recursive: true, force: true });
  await rename(staging, dist);
} finally {
  await rm(staging, { recursive: true, force: true });
}

/** The program and what it imports, as modules: only in that form does esbuild split off what is imported late. */
async function bundle(program: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [`src/bin/${program}.ts`],
    outdir: `${staging}/${program}`,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    define: { 'import.meta.dirname': '__dirname' },
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'warning',
    plugins: [native],
  });
}

/** One module as CommonJS, with a source map that leads to src. */
async function convert(directory: string, name: string): Promise<void> {
  const { code, map } = await transform(await readFile(`${directory}/${name}`, 'utf8'), {
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    supported: { 'dynamic-import': false },
    sourcemap: 'external',
    sourcefile: name,
    sourcesContent: false,
    logLevel: 'warning',
  });
  await writeFile(`${directory}/${name}`, `${code}//# sourceMappingURL=${name}.map\n`);
  await writeFile(`${directory}/${name}.map`, map);
}

/**
 * What is started: it turns on Node's compile cache, which helps only modules loaded afterwards.
 * Where the cache cannot be written, as for anyone but root once installed, Node goes on without.
 */
async function putEntry(program: string): Promise<void> {
  const lines = [
    ...startLines(),
    "const { enableCompileCache, setSourceMapsSupport } = require('node:module');",
    // Read only when a stack trace is made.
    'setSourceMapsSupport(true);',
    "enableCompileCache(__dirname + '/cache');",
    `require('./${program}/${program}.js');`,
  ];
  await writeFile(`${staging}/${program}.js`, `${lines.join('\n')}\n`);
  await chmod(`${staging}/${program}.js`, 0o755);
}

/** The kernel splits a first line at blanks and cuts a long one (execve(2)): then a shell goes between. */
function startLines(): readonly string[] {
  if (/^[\w/.+-]{1,120}$/u.test(runtime)) return [`#!${runtime}`];
  // To JavaScript a string and a comment.
  return ['#!/bin/sh', `':' //; exec '${runtime.replaceAll("'", "'\\''")}' "$0" "$@"`];
}
