// build [DIR [RUNTIME]]: bundles each program of src/bin into DIR (dist). DIR/NAME.js starts it with the Node.js at
// RUNTIME; its code is in DIR/NAME, the native module in DIR/native. Node's compile cache comes to be in DIR/cache.
//
// Made for a quick start: each file costs about half a millisecond, so what one kind of call needs is one file; what
// it does not need is in others (import()); and all is CommonJS, which Node loads in a third of the time.
import { chmod, copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import process from 'node:process';
import { type ChunkingContext, type InputOptions, type OutputOptions, type Plugin, rolldown } from 'rolldown';

const root = new URL('..', import.meta.url).pathname;
const [folder = `${root}dist`, runtime = process.execPath] = process.argv.slice(2);
const dist = resolve(folder);
const staging = `${dist}-${process.pid}`;

/**
 * Files that are made whole: all that these modules import. A module is in the first file that wants it, so that what
 * many commands need comes first.
 */
const files: Readonly<Record<string, readonly (readonly [name: string, modules: readonly string[]])[]>> = {
  virtexec: [['virtexec', ['src/cli/virtexec/run-virtexec.ts']]],
  virtuald: [['virtuald', ['src/cli/virtuald/run-virtuald.ts']]],
  virtmailfilter: [['virtmailfilter', ['src/cli/virtmailfilter/run-virtmailfilter.ts']]],
  virtmaildelivery: [['virtmaildelivery', ['src/cli/virtmaildelivery/run-virtmaildelivery.ts']]],
  virtfs: [
    ['commands', ['src/cli/run-process.ts', 'src/cli/commands/list.ts', 'src/cli/command-table.ts']],
    ['fresh', ['src/cli/commands/update.ts']],
    ['update', ['src/pipeline/update-domains.ts', 'src/cli/tell-update.ts']],
    ['make', ['src/cli/commands/create.ts', 'src/domain/parse-record.ts']],
  ],
};

// The package chooses among twenty platforms, from many files; ours is known. The module it would load has
// the functions we use.
const native: Plugin = {
  name: 'native',
  resolveId: (id) => (id === 'koffi' ? '\0koffi' : undefined),
  load: (id) =>
    id === '\0koffi'
      ? `const native = { exports: {} };
         process.dlopen(native, __dirname + '/../native/koffi.node');
         export default native.exports;`
      : undefined,
};

// 3 ms to load, and of all that update and create do only a few lines, seldom there, come to ask for it.
const lazyNet: Plugin = {
  name: 'lazy net',
  resolveId: (id, importer) =>
    id === 'node:net' && importer?.endsWith('/src/domain/ip-address.ts') ? '\0net' : undefined,
  load: (id) =>
    id === '\0net'
      ? "export const isIP = (text) => process.getBuiltinModule('node:net').isIP(text);"
      : undefined,
};

const common: InputOptions = {
  cwd: root,
  platform: 'node',
  transform: { define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' } },
  plugins: [native, lazyNet],
};

const output: OutputOptions = {
  format: 'cjs',
  sourcemap: true,
  sourcemapExcludeSources: true,
  // Blanks and comments are read, hashed and decoded at each start like everything else.
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
};

/** One for Node at the most, which the kernel hands on. Of what lasts, memory counts more than how soon it is collected. */
const nodeFlags: Readonly<Record<string, string>> = { virtuald: ' --max-semi-space-size=1' };

const programs = (await readdir(`${root}src/bin`))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -'.ts'.length));

/** Programs that mail servers call with a message. */
const guarded = ['virtmailfilter', 'virtmaildelivery'];

try {
  await mkdir(`${staging}/native`, { recursive: true });
  await copyFile(
    `${root}node_modules/@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`,
    `${staging}/native/koffi.node`,
  );
  await writeFile(`${staging}/package.json`, '{ "type": "commonjs" }\n');
  for (const program of programs) {
    await bundle(program);
    await putEntry(program);
  }
  for (const [program, folder] of [
    ['virtuald', 'src/virtuald'],
    ['virtmaild', 'src/mail'],
  ] as const) {
    const threads = (await readdir(root + folder)).filter((name) => name.endsWith('-thread.ts'));
    for (const thread of threads) await bundleThread(program, `${folder}/${thread}`);
  }
  await rm(dist, { recursive: true, force: true });
  await rename(staging, dist);
} finally {
  await rm(staging, { recursive: true, force: true });
}

async function bundle(program: string): Promise<void> {
  const build = await rolldown({
    ...common,
    input: { [program]: `src/bin/${program}.ts` },
    // What one file has for another need not be what its module says it exports.
    preserveEntrySignatures: 'allow-extension',
    // Imported late by one module and at once by another: the late one must not have to know.
    checks: { ineffectiveDynamicImport: false },
  });
  const wanted = new Map<string, string>();
  const name = (id: string, graph: ChunkingContext): string | null => {
    if (wanted.size === 0) {
      const claim = (file: string, module: string): void => {
        if (wanted.has(module)) return;
        wanted.set(module, file);
        for (const imported of graph.getModuleInfo(module)?.importedIds ?? []) claim(file, imported);
      };
      claim(program, `${root}src/bin/${program}.ts`);
      for (const [file, modules] of files[program] ?? [])
        for (const module of modules) claim(file, root + module);
    }
    // What rolldown adds to all files goes where the first of them is.
    return wanted.get(id) ?? (id.startsWith('\0rolldown') ? program : null);
  };
  await build.write({
    dir: `${staging}/${program}`,
    ...output,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: { groups: [{ name, debugName: 'files' }], includeDependenciesRecursively: false },
  });
  await build.close();
}

/** A further thread of a program is one file: what it needs of the others' would bring all that these hold. */
async function bundleThread(program: string, module: string): Promise<void> {
  const build = await rolldown({ ...common, input: root + module });
  await build.write({ ...output, file: `${staging}/${program}/${basename(module, '.ts')}.js` });
  await build.close();
}

/**
 * What is started: it turns on Node's compile cache, which helps only modules loaded afterwards.
 * Where the cache cannot be written, as for anyone but root once installed, Node goes on without.
 */
async function putEntry(program: string): Promise<void> {
  const lines = [
    ...(guarded.includes(program) ? guardedStartLines() : startLines(program)),
    "require('node:module').enableCompileCache(__dirname + '/cache');",
    `require('./${program}/${program}.js');`,
  ];
  await writeFile(`${staging}/${program}.js`, `${lines.join('\n')}\n`);
  await chmod(`${staging}/${program}.js`, 0o755);
}

/**
 * A shell waits for the program, and what it ends with is a status mail servers act on: what is none of them, such as
 * that of a signal, of memory that ran out, or of a runtime that is missing, becomes the one for later.
 */
function guardedStartLines(): readonly string[] {
  const shell = [
    't=75',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
    '[ "${EXT+x}${HOST+x}" != xx ] || t=111',
    'b=',
    'for a do case $b$a in --exit-codes=qmail | --exit-codes/qmail) t=111 ;; --exit-codes=sysexits | --exit-codes/sysexits) t=75 ;; esac',
    'b=',
    '[ "$a" != --exit-codes ] || b=--exit-codes/',
    'done',
    // Waits on, so that it says what became of the message; what the program does at a signal is its own.
    'trap : HUP INT TERM',
    'unset NODE_OPTIONS',
    `'${runtime.replaceAll("'", "'\\''")}' "$0" "$@"`,
    's=$?',
    'case $s in 0 | 65 | 67 | 69 | 75 | 77 | 100 | 111) exit $s ;; esac',
    'exit $t',
  ];
  // To JavaScript a string and a comment.
  return ['#!/bin/sh', `':' //; ${shell.join('; ')}`];
}

/** The kernel splits a first line at blanks and cuts a long one (execve(2)): then a shell goes between. */
function startLines(program: string): readonly string[] {
  const flag = nodeFlags[program] ?? '';
  if (/^[\w/.+-]{1,90}$/u.test(runtime)) return [`#!${runtime}${flag}`];
  // To JavaScript a string and a comment.
  return ['#!/bin/sh', `':' //; exec '${runtime.replaceAll("'", "'\\''")}'${flag} "$0" "$@"`];
}
