import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { arch } from 'node:process';
import { describe, expect } from 'vitest';
import { parseElf } from '../../src/closure/parse-elf.ts';
import { planClosure } from '../../src/closure/plan-closure.ts';
import type { HostView } from '../../src/domain/host-view.ts';
import { readProgram } from '../../src/host/read-program.ts';
import { askLoader } from '../support/ask-loader.ts';
import { readerOf } from '../support/build-elf.ts';
import { workshopTest as test, type Workshop } from '../support/compile.ts';
import { realHost } from '../support/host-view.ts';
import { needs } from '../support/needs.ts';
import { ourAnswer } from '../support/our-answer.ts';

const isArm = arch === 'arm64';
const platform = isArm ? 'aarch64' : 'x86_64';
const triplet = `${platform}-linux-gnu`;
const systemLoader = isArm ? '/lib/ld-linux-aarch64.so.1' : '/lib64/ld-linux-x86-64.so.2';

const rpath = (dirs: string) => ['-Wl,--disable-new-dtags', `-Wl,-rpath,${dirs}`];
const runpath = (dirs: string) => ['-Wl,--enable-new-dtags', `-Wl,-rpath,${dirs}`];

describe.runIf(needs({ program: 'gcc' }))('planClosure says what the loader says', () => {
  test('for an RPATH with $ORIGIN', async ({ shop }) => {
    const library = shop.library('lib/liba.so');
    const program = shop.program('bin/p', [library, ...rpath('$ORIGIN/../lib')]);
    expect(await same(program)).toContain(`${shop.dir}/bin/../lib/liba.so`);
  });

  test('for the tokens in braces, and for names that only look like them', async ({ shop }) => {
    const lib = dirname(realpathSync(systemLoader))
      .replace(/^\/usr/u, '')
      .slice(1);
    shop.library(`here/${lib}/${platform}/liba.so`);
    shop.library('here/$ORIGINAL/libb.so');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the loader's own spelling
    const dirs = '${ORIGIN}/here/${LIB}/${PLATFORM}:$ORIGIN/here/$ORIGINAL:$ORIGIN/here/$LIB/$PLATFORM';
    const args = [`here/${lib}/${platform}/liba.so`, 'here/$ORIGINAL/libb.so', ...runpath(dirs)];
    expect(await same(shop.program('p', args))).toContain(`${shop.dir}/here/$ORIGINAL/libb.so`);
  });

  test('for an RPATH that a library inherits', async ({ shop }) => {
    const b = shop.library('lib/libb.so');
    const a = shop.library('lib/liba.so', [b]);
    expect(await same(shop.program('p', [a, ...rpath(`${shop.dir}/lib`)]))).toContain(b);
  });

  test('for a RUNPATH that it does not inherit', async ({ shop }) => {
    const b = shop.library('lib/libb.so');
    const a = shop.library('lib/liba.so', [b]);
    await sameMissing(shop.program('p', [a, ...runpath(`${shop.dir}/lib`)]), ['libb.so']);
  });

  test('for a library whose RUNPATH ends the RPATH it would inherit', async ({ shop }) => {
    const b = shop.library('lib/libb.so');
    const a = shop.library('lib/liba.so', [b, ...runpath('/nowhere')]);
    await sameMissing(shop.program('p', [a, ...rpath(`${shop.dir}/lib`)]), ['libb.so']);
  });

  test.for([
    ['machine', 18, isArm ? 62 : 183],
    ['class', 4, 1],
  ] as const)('for a library of another %s first on the path', async ([, at, value], { shop }) => {
    const right = shop.library('2/liba.so');
    const wrong = readFileSync(right);
    wrong[at] = value;
    mkdirSync(join(shop.dir, '1'));
    writeFileSync(join(shop.dir, '1/liba.so'), wrong);
    const program = shop.program('p', [right, ...runpath(`${shop.dir}/1:${shop.dir}/2`)]);
    expect(await same(program)).toContain(right);
  });

  test('for a text first on the path, which it takes for the library', async ({ shop }) => {
    const right = shop.library('2/liba.so');
    mkdirSync(join(shop.dir, '1'));
    writeFileSync(
      join(shop.dir, '1/liba.so'),
      `INPUT(${right}) /* as linkers understand it */${' '.repeat(64)}`,
    );
    const program = shop.program('p', [right, ...runpath(`${shop.dir}/1:${shop.dir}/2`)]);
    expect((await askLoader(loaderOf(program), program)).failure).toMatch(/invalid ELF header/u);
    expect(ourAnswer(program, realHost()).missing).toEqual(['liba.so']);
  });

  test('for a name that is a path', async ({ shop }) => {
    const library = shop.library('lib/liba.so', [], { soname: '' });
    expect(await same(shop.program('p', [library]))).toContain(library);
  });

  test('for a soname that is in the process already', async ({ shop }) => {
    const first = shop.library('1/libx.so.1');
    const second = shop.library('2/libx.so.1');
    const b = shop.library('1/libb.so', [second, ...runpath(`${shop.dir}/2`)]);
    const listed = await same(shop.program('p', [first, b, ...runpath(`${shop.dir}/1`)]));
    expect(listed).toContain(first);
    expect(listed).not.toContain(second);
  });

  test('for auxiliary and filtered libraries', async ({ shop }) => {
    const args = ['-Wl,-f,libaux.so', '-Wl,-f,libgone.so', '-Wl,-F,libfilter.so', ...runpath(shop.dir)];
    const aux = shop.library('libaux.so');
    const filter = shop.library('libfilter.so');
    const program = shop.program('p', [shop.library('liba.so', args), ...runpath(shop.dir)]);
    expect(await same(program)).toEqual(expect.arrayContaining([aux, filter]));
  });

  test('for an object that forbids the trusted folders', async ({ shop }) => {
    await sameMissing(shop.program('p', ['-Wl,-z,nodefaultlib']), ['libc.so.6']);
  });

  test.runIf(!isArm)('for builds for newer processors', async ({ shop }) => {
    const plain = shop.library('lib/liba.so');
    for (const level of ['2', '3', '4']) shop.library(`lib/glibc-hwcaps/x86-64-v${level}/liba.so`);
    const program = shop.program('p', [plain, ...runpath(`${shop.dir}/lib`)]);
    const theirs = await askLoader(loaderOf(program), program);
    const ours = ourAnswer(program, realHost()).paths;
    expect(ours.filter((path) => path.endsWith('/liba.so'))).toHaveLength(4);
    expect(theirs.paths.filter((path) => !ours.includes(path))).toEqual([]);
    expect(theirs.failure).toBeUndefined();
  });

  test('for missing libraries', async ({ shop }) => {
    const needed = shop.library('liba.so', [shop.library('libgone.so.2')]);
    const program = shop.program('p', [shop.library('libgone.so.1'), needed, ...runpath(`${shop.dir}/x`)]);
    shop.library('x/liba.so', [`${shop.dir}/libgone.so.2`]);
    await sameMissing(program, ['libgone.so.1', 'libgone.so.2']);
  });

  test('for a library that is a loop of links', async ({ shop }) => {
    const program = shop.program('p', [shop.library('libloop.so'), ...runpath(`${shop.dir}/loop`)]);
    mkdirSync(join(shop.dir, 'loop'));
    symlinkSync('libloop.so', join(shop.dir, 'loop/libloop.so'));
    await sameMissing(program, ['libloop.so']);
  });

  test.for([
    ['static', ['-static']],
    ['static-pie', ['-static-pie']],
  ] as const)('for a %s program: nothing', async ([, args], { shop }) => {
    const program = shop.program('p', args);
    expect(readProgram(program)).toMatchObject({ kind: 'elf', needed: [] });
    expect(ourAnswer(program, realHost())).toEqual({ paths: [], missing: [] });
  });

  describe.runIf(needs('root', { program: 'unshare' }))('with a configuration of its own', () => {
    test('for folders of ld.so.conf.d, in the order and by the names of ldconfig', async ({ shop }) => {
      const own = shop.library('own/libz.so.1');
      const late = shop.library('late/liblate.so.1');
      const program = shop.program('p', [own, late]);
      // ldconfig enters it by its soname alone: the program gets the one behind it.
      shop.library('own/liblate.so.1', [], { soname: 'libother.so.1' });
      expect((await sameConfigured(shop, program)).paths).toEqual(expect.arrayContaining([own, late]));
    });

    test.for([
      ['plugin.so', 'plugin.so', 'missing'],
      ['libnick.so.1', 'libreal.so.1', 'missing'],
      ['libreal.so', 'libreal.so.1', 'found'],
    ] as const)('for a library %s that says %s', async ([name, soname, result], { shop }) => {
      const stub = shop.library(`stub/${name}`);
      const program = shop.program('p', [stub]);
      shop.library(`own/${soname}`);
      if (name !== soname) symlinkSync(soname, join(shop.dir, 'own', name));
      const answer = await sameConfigured(shop, program);
      expect(answer.missing).toEqual(result === 'missing' ? [name] : []);
    });
  });
});

describe.runIf(needs({ program: 'gcc' }))('planClosure', () => {
  test('finds the $ORIGIN of a program behind links where the kernel finds it', async ({ shop }) => {
    const a = shop.library('opt/lib/liba.so');
    const program = shop.program('opt/bin/p', [a, ...runpath('$ORIGIN/../lib')]);
    const link = join(shop.dir, 'p');
    symlinkSync('opt/bin/p', link);
    expect(ourAnswer(link, realHost()).paths).toContain(`${dirname(program)}/../lib/liba.so`);
    const traced = execFileSync(link, { env: { LD_TRACE_LOADED_OBJECTS: '1' }, encoding: 'utf8' });
    expect(traced).toContain(`${dirname(program)}/../lib/liba.so`);
  });

  test('brings what a dlopen note recommends', ({ shop }) => {
    const noted = shop.library('libnoted.so.1');
    const program = shop.program('p', runpath(shop.dir), 'dlopen-note');
    expect(readProgram(program)).toMatchObject({
      dlopen: [{ sonames: ['libnone.so.1', 'libnoted.so.1'], priority: 'recommended' }],
    });
    expect(ourAnswer(program, realHost()).paths).toContain(noted);
  });

  test('refuses a root that is a loop of links, and a program cut short', ({ shop }) => {
    const loop = join(shop.dir, 'loop');
    symlinkSync('loop', loop);
    expect(() => closureOf(loop)).toThrow(expect.objectContaining({ code: 'PATH_MISSING' }));
    const cut = join(shop.dir, 'cut');
    copyFileSync(shop.program('p'), cut);
    truncateSync(cut, 4000);
    expect(() => closureOf(cut)).toThrow(expect.objectContaining({ code: 'BAD_ELF' }));
  });

  test('gives a result for every beginning of a real program', ({ shop }) => {
    const bytes = readFileSync(shop.program('p', ['-s']));
    const facts = parseElf(readerOf(bytes));
    for (let length = 4; length < bytes.length; length += 1) {
      const result = parseElf(readerOf(bytes.subarray(0, length)));
      // Behind the last loaded byte stand section headers, which nobody needs to run it.
      if (result.kind === 'elf') expect(result).toEqual(facts);
      else expect(result.why).toMatch(/^(?:the file ends before its|it does not)/u);
    }
  });
});

function closureOf(path: string) {
  return planClosure([{ path, why: 'under test' }], realHost(), { searchPath: [], missing: 'throw' });
}

/** Our list, having seen that it is the loader's. */
async function same(program: string) {
  return (await sameAnswer(program)).paths;
}

async function sameMissing(program: string, missing: readonly string[]) {
  expect((await sameAnswer(program)).missing).toEqual(missing);
}

/** Our answer, having seen that it is the loader's. Where something is missing it lists only that. */
async function sameAnswer(program: string, host: HostView = realHost(), wrap: readonly string[] = []) {
  const theirs = await askLoader(loaderOf(program), program, wrap);
  const ours = ourAnswer(program, host);
  expect(theirs.failure).toBeUndefined();
  expect(ours).toEqual(theirs.missing.length > 0 ? { ...theirs, paths: [] } : theirs);
  return ours;
}

function loaderOf(program: string): string {
  const facts = readProgram(program);
  if (facts.kind !== 'elf' || facts.interpreter === undefined) throw new Error(`no loader in ${program}`);
  return facts.interpreter;
}

/** As `sameAnswer`, on a machine whose ld.so.conf names folders of the workshop: its cache stands in for the real one. */
async function sameConfigured(shop: Workshop, program: string) {
  const conf = join(shop.dir, 'ld.so.conf');
  const text = `include ${shop.dir}/conf.d/*.conf\n`;
  mkdirSync(join(shop.dir, 'conf.d'), { recursive: true });
  writeFileSync(conf, text);
  writeFileSync(join(shop.dir, 'conf.d/1.conf'), `# ours\n${shop.dir}/own\n`);
  writeFileSync(join(shop.dir, 'conf.d/2.conf'), `${shop.dir}/late\n/lib/${triplet}\n`);
  writeFileSync(join(shop.dir, 'conf.d/3.off'), `${shop.dir}/off\n`);
  const cache = join(shop.dir, 'ld.so.cache');
  execFileSync('/sbin/ldconfig', ['-X', '-f', conf, '-C', cache], { stdio: 'ignore' });
  const script = `mount --bind '${cache}' /etc/ld.so.cache && exec "$@"`;
  const wrap = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh'];
  return sameAnswer(program, realHost({ '/etc/ld.so.conf': text }), wrap);
}
