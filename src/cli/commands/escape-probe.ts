import { fstatSync } from 'node:fs';
import { parseDomainName } from '../../domain/domain-name.ts';
import { enterTree } from '../../engine/enter-tree.ts';
import { isErrno } from '../../errors/virtfs-error.ts';
import { endProcess } from '../../linux/end-process.ts';
import { execOpenProgram, makeProgramInMemory } from '../../linux/program-in-memory.ts';
import { replaceDescriptor } from '../../linux/replace-descriptor.ts';
import { encodeCallServer } from '../../pipeline/escape/encode-call-server.ts';
import { badUsage } from '../command-line.ts';
import { reportError } from '../report-error.ts';
import type { EscapeProbeCall } from '../specs/escape-probe-spec.ts';
import { writeLine } from '../virtexec/write-line.ts';

/** By now the tester knows standard input and output: sockets that block, whatever Node made of them. */
const blocking = [0, 0, undefined];
const name = 'virtfs-escape';
const terminalFd = 4;

/** Becomes the call server inside the tree. Does not return. */
export async function runEscapeProbe({ operands, values, spec }: EscapeProbeCall): Promise<number> {
  const { root } = values;
  if (root === undefined) throw badUsage('virtfs', spec, '--root is needed');
  const domain = parseDomainName(operands[0] ?? '');
  const terminal = isTerminalThere() ? terminalFd : undefined;
  const program = makeProgramInMemory(name, encodeCallServer(process.arch === 'arm64' ? 'arm64' : 'x64'));
  try {
    enterTree({ root, domain, user: values.user, openFiles: undefined, stdio: blocking });
  } catch (error) {
    // Halfway in there is no way back: not for what a later import would load, and not for an ordinary end.
    return endProcess(reportError(error, (line) => writeLine(2, line), { program: 'virtfs', json: false }));
  }
  if (terminal !== undefined) replaceDescriptor(terminal, 2);
  execOpenProgram(program, name);
  return endProcess(126);
}

/** The tester hands it over, where it could make one. */
function isTerminalThere(): boolean {
  try {
    return fstatSync(terminalFd).isCharacterDevice();
  } catch (error) {
    if (isErrno(error, 'EBADF')) return false;
    throw error;
  }
}
