import { readServiceTemplates } from '../host/read-service-templates.ts';
import type { VirtualdFile } from '../host/read-virtuald-services.ts';

/** Sentences: which of the services nothing starts, as far as we know, and what lets virtuald do it. */
export function listUnknownServices(services: readonly string[], known: VirtualdFile): readonly string[] {
  const templates = readServiceTemplates();
  const missing = [...new Set(services)].filter((service) => !known.services.has(service));
  const brought = missing.filter((service) => templates.has(service));
  const others = missing.filter((service) => !templates.has(service));
  const lacks = `${known.path} has no service`;
  return [
    ...(brought.length === 0
      ? []
      : [
          `${lacks} ${brought.join(', ')}: virtfs service setup ${brought.join(' ')} - or let inetd start virtuald`,
        ]),
    ...(others.length === 0
      ? []
      : [`${lacks} ${others.join(', ')}: write it there, man 5 virtuald.toml - or let inetd start virtuald`]),
  ];
}
