import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../../../src/cli/command-table.ts';
import { type Arena, target } from './arena.ts';

/** One call: words of virtfs, of virtexec, or a whole command line of the host; and what it reads. */
export interface AttackedCall {
  readonly words: readonly string[];
  readonly program?: 'virtfs' | 'virtexec' | 'host';
  readonly input?: string;
  /** Done before it. */
  readonly before?: (arena: Arena) => void;
  /** Where its output goes, for a later call. */
  readonly into?: (arena: Arena) => string;
}

/** A command that reads or writes trees, as it is called again and again beside the swappers. */
export interface AttackedCommand {
  readonly name: string;
  /** Names of commands that must be there. */
  readonly needs: readonly string[];
  /** The calls of one round; `n` is the number of the round. */
  readonly round: (n: number) => readonly AttackedCall[];
}

const declared = (arena: Arena) => join(arena.base, 'host.toml');
const upgrade = ({ hostFile }: Arena) => appendFileSync(hostFile, 'more\n');
const call = (...words: string[]): AttackedCall => ({ words });

// biome-ignore format: a table
const table: readonly AttackedCommand[] = [
  { name: 'create',   needs: ['create'], round: (n) => [call('create', '--quiet', `d${n}.example`)] },
  { name: 'list',     needs: ['list'],     round: () => [call('list')] },
  { name: 'show',     needs: ['show'],     round: () => [call('show', target)] },
  { name: 'explain',  needs: ['explain'],  round: () => [call('explain', target, '/etc/passwd')] },
  { name: 'virtexec', needs: [],           round: () => [virtexec('true'), virtexec('--user', 'admin', 'true')] },
  { name: 'check',    needs: ['check'],    round: () => [call('check', target), call('check', '--deep', target)] },
  { name: 'check --escape', needs: ['check'], round: () => [call('check', '--escape', target)] },
  { name: 'update',   needs: ['update'],   round: () => [{ words: ['update', target], before: upgrade }] },
  { name: 'diff',     needs: ['diff'],     round: () => [call('diff', target)] },
  { name: 'rollback', needs: ['rollback', 'update'], round: () => [
    { words: ['update', target], before: upgrade }, call('rollback', target),
  ] },
  { name: 'clone',    needs: ['clone'],    round: (n) => [call('clone', target, `c${n}.example`)] },
  { name: 'rename',   needs: ['rename'],   round: () => [
    call('rename', '--force', target, 'other.example'), call('rename', '--force', 'other.example', target),
  ] },
  { name: 'alias',    needs: ['alias add', 'alias remove', 'alias list'], round: () => [
    call('alias', 'add', target, 'www.target.example'), call('alias', 'list'), call('alias', 'remove', target, 'www.target.example'),
  ] },
  { name: 'address',  needs: ['address add', 'address remove', 'address list'], round: () => [
    call('address', 'add', target, '192.0.2.77'), call('address', 'list'), call('address', 'remove', target, '192.0.2.77'),
  ] },
  { name: 'user add', needs: ['user add', 'user remove'], round: (n) => [
    { words: ['user', 'add', '--password-stdin', target, `u${n}`], input: 'correct horse battery\n' },
    call('user', 'remove', '--home', '--yes', target, `u${n}`),
  ] },
  { name: 'user passwd', needs: ['user passwd', 'user lock', 'user unlock'], round: () => [
    { words: ['user', 'passwd', '--password-stdin', target, 'admin'], input: 'correct horse battery\n' },
    call('user', 'lock', target, 'admin'), call('user', 'unlock', target, 'admin'),
  ] },
  { name: 'user list', needs: ['user list', 'user show'], round: () => [
    call('user', 'list', target), call('user', 'show', target, 'admin'),
  ] },
  { name: 'apply',    needs: ['apply', 'dump'], round: () => [
    { words: ['dump'], into: declared }, { words: ['apply', '--yes', 'host.toml'] },
  ] },
  { name: 'trace',    needs: ['trace'],    round: () => [call('trace', target, 'true')] },
  { name: 'affected', needs: ['affected'], round: () => [call('affected', 'libc6')] },
  { name: 'doctor',   needs: ['doctor'],   round: () => [call('doctor')] },
  { name: 'clean',    needs: ['clean'],    round: () => [call('clean')] },
  { name: 'remove',   needs: ['remove', 'restore'], round: () => [
    call('remove', '--yes', target), call('remove', '--yes', '--force', target), call('restore', target),
  ] },
];

/** The rows of commands that there are. */
export function listAttackedCommands(): readonly AttackedCommand[] {
  const names = new Set(commands.map(({ name }) => name));
  return table.filter(({ needs }) => needs.every((name) => names.has(name)));
}

export function keepOutput(path: string, text: string): void {
  writeFileSync(path, text);
}

function virtexec(...words: string[]): AttackedCall {
  return { program: 'virtexec', words: ['--domain', target, ...words] };
}
