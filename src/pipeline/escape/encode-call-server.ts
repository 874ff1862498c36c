/** One request or answer: eight words of eight bytes (number or result, six arguments, a flag), then data. */
export const frameSize = 4096;
/** Where data that a frame brings lies in the memory of the program. */
export const dataAddress = 0x600000 + 64;
export const dataSize = frameSize - 64;

/**
 * A whole program (ELF, no library) that reads frames from standard input, makes the system call each asks for, and
 * writes the frame back with the result and the data as the call left it. It ends with its input, and where the
 * frame's flag is set and the result is zero: that is a child that clone(2) made.
 *
 * No compiler is on the machines it runs on and no file of a tree can be trusted, so it is written down here as the
 * machine has it; a test assembles the words beside the bytes again.
 */
export function encodeCallServer(arch: 'x64' | 'arm64'): Uint8Array {
  const machine = { x64: 62, arm64: 183 }[arch];
  const code = Buffer.from(listings[arch].map(([bytes]) => bytes.replaceAll(' ', '')).join(''), 'hex');
  const codeOffset = 64 + 3 * 56;
  const base = 0x400000n;
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(2, 16); // ET_EXEC
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(base + BigInt(codeOffset), 24);
  header.writeBigUInt64LE(64n, 32);
  for (const [offset, value] of [
    [52, 64],
    [54, 56],
    [56, 3],
    [58, 64],
  ] as const) {
    header.writeUInt16LE(value, offset);
  }
  const size = BigInt(codeOffset + code.length);
  const [load, stack] = [1, 0x6474e551];
  const [readWrite, readExecute] = [6, 5];
  return Buffer.concat([
    header,
    encodeSegment(load, readExecute, base, [size, size]),
    encodeSegment(load, readWrite, 0x600000n, [0n, BigInt(frameSize)]),
    encodeSegment(stack, readWrite, 0n, [0n, 0n]),
    code,
  ]);
}

function encodeSegment(
  type: number,
  flags: number,
  address: bigint,
  [inFile, inMemory]: readonly [bigint, bigint],
): Uint8Array {
  const words = [0n, address, address, inFile, inMemory, 0x10000n];
  const bytes = Buffer.alloc(56);
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(flags, 4);
  for (const [index, word] of words.entries()) bytes.writeBigUInt64LE(word, 8 + 8 * index);
  return bytes;
}

/** An instruction as the machine has it, and as its assembler has it. */
type Line = readonly [bytes: string, source: string];

// biome-ignore format: a table
/** A label stands before the instruction it names. GNU assembler's syntax, on x64 with `.intel_syntax noprefix`. */
export const listings: Readonly<Record<'x64' | 'arm64', readonly Line[]>> = {
  x64: [
    ['41 bc 00 00 60 00', 'mov r12d, 0x600000'],
    ['31 db',             'next: xor ebx, ebx'],
    ['31 c0',             'more: xor eax, eax'],
    ['31 ff',             'xor edi, edi'],
    ['49 8d 34 1c',       'lea rsi, [r12+rbx]'],
    ['ba 00 10 00 00',    'mov edx, 0x1000'],
    ['29 da',             'sub edx, ebx'],
    ['0f 05',             'syscall'],
    ['48 85 c0',          'test rax, rax'],
    ['7e 6e',             'jle end'],
    ['48 01 c3',          'add rbx, rax'],
    ['81 fb 00 10 00 00', 'cmp ebx, 0x1000'],
    ['72 df',             'jb more'],
    ['49 8b 04 24',       'mov rax, [r12]'],
    ['49 8b 7c 24 08',    'mov rdi, [r12+8]'],
    ['49 8b 74 24 10',    'mov rsi, [r12+16]'],
    ['49 8b 54 24 18',    'mov rdx, [r12+24]'],
    ['4d 8b 54 24 20',    'mov r10, [r12+32]'],
    ['4d 8b 44 24 28',    'mov r8, [r12+40]'],
    ['4d 8b 4c 24 30',    'mov r9, [r12+48]'],
    ['0f 05',             'syscall'],
    ['49 89 04 24',       'mov [r12], rax'],
    ['48 85 c0',          'test rax, rax'],
    ['75 08',             'jnz answer'],
    ['49 83 7c 24 38 00', 'cmp qword ptr [r12+56], 0'],
    ['75 2e',             'jne end'],
    ['31 db',             'answer: xor ebx, ebx'],
    ['b8 01 00 00 00',    'send: mov eax, 1'],
    ['bf 01 00 00 00',    'mov edi, 1'],
    ['49 8d 34 1c',       'lea rsi, [r12+rbx]'],
    ['ba 00 10 00 00',    'mov edx, 0x1000'],
    ['29 da',             'sub edx, ebx'],
    ['0f 05',             'syscall'],
    ['48 85 c0',          'test rax, rax'],
    ['7e 10',             'jle end'],
    ['48 01 c3',          'add rbx, rax'],
    ['81 fb 00 10 00 00', 'cmp ebx, 0x1000'],
    ['72 d9',             'jb send'],
    ['e9 7a ff ff ff',    'jmp next'],
    ['b8 e7 00 00 00',    'end: mov eax, 231'],
    ['31 ff',             'xor edi, edi'],
    ['0f 05',             'syscall'],
  ],
  arm64: [
    ['13 0c a0 d2', 'movz x19, #0x60, lsl #16'],
    ['14 00 80 d2', 'next: mov x20, #0'],
    ['00 00 80 d2', 'more: mov x0, #0'],
    ['61 02 14 8b', 'add x1, x19, x20'],
    ['02 00 82 d2', 'mov x2, #0x1000'],
    ['42 00 14 cb', 'sub x2, x2, x20'],
    ['e8 07 80 d2', 'mov x8, #63'],
    ['01 00 00 d4', 'svc #0'],
    ['1f 00 00 f1', 'cmp x0, #0'],
    ['4d 03 00 54', 'b.le end'],
    ['94 02 00 8b', 'add x20, x20, x0'],
    ['9f 06 40 f1', 'cmp x20, #0x1000'],
    ['c3 fe ff 54', 'b.lo more'],
    ['68 02 40 f9', 'ldr x8, [x19]'],
    ['60 86 40 a9', 'ldp x0, x1, [x19, #8]'],
    ['62 8e 41 a9', 'ldp x2, x3, [x19, #24]'],
    ['64 96 42 a9', 'ldp x4, x5, [x19, #40]'],
    ['01 00 00 d4', 'svc #0'],
    ['60 02 00 f9', 'str x0, [x19]'],
    ['60 00 00 b5', 'cbnz x0, answer'],
    ['61 1e 40 f9', 'ldr x1, [x19, #56]'],
    ['c1 01 00 b5', 'cbnz x1, end'],
    ['14 00 80 d2', 'answer: mov x20, #0'],
    ['20 00 80 d2', 'send: mov x0, #1'],
    ['61 02 14 8b', 'add x1, x19, x20'],
    ['02 00 82 d2', 'mov x2, #0x1000'],
    ['42 00 14 cb', 'sub x2, x2, x20'],
    ['08 08 80 d2', 'mov x8, #64'],
    ['01 00 00 d4', 'svc #0'],
    ['1f 00 00 f1', 'cmp x0, #0'],
    ['ad 00 00 54', 'b.le end'],
    ['94 02 00 8b', 'add x20, x20, x0'],
    ['9f 06 40 f1', 'cmp x20, #0x1000'],
    ['c3 fe ff 54', 'b.lo send'],
    ['df ff ff 17', 'b next'],
    ['00 00 80 d2', 'end: mov x0, #0'],
    ['c8 0b 80 d2', 'mov x8, #94'],
    ['01 00 00 d4', 'svc #0'],
  ],
};
