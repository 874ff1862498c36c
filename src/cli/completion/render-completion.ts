import type { ProgramSpec } from './program-spec.ts';
import { renderBash } from './render-bash.ts';
import { renderFish } from './render-fish.ts';
import { renderZsh } from './render-zsh.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The definitions by which `shell` completes `programs`. */
export function renderCompletion(shell: Shell, programs: readonly ProgramSpec[]): string {
  switch (shell) {
    case 'bash':
      return renderBash(programs);
    case 'zsh':
      return renderZsh(programs);
    case 'fish':
      return renderFish(programs);
  }
}
