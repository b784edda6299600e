import { contract } from '@perfcollector/api';
import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

/**
 * Describes schemas as JSON Schema. Those of the contract that were asked for, and those that they are made of, are
 * described once, under their names.
 */
export function schemaDescriber(): { describe: (schema: z.ZodType) => Json; components: () => Json } {
  const names = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(contract)) {
    if (schema instanceof z.ZodType && !/(Query|Params)$/.test(name)) names.add(schema, { id: pascal(name) });
  }
  const all = z.toJSONSchema(names, { io: 'input', uri: referTo }).schemas as Record<string, Json>;
  return {
    describe: (schema) => {
      const name = names.get(schema)?.id;
      if (name === undefined) throw new Error('BUG: a route uses a schema that is not of the contract');
      return { $ref: referTo(name) };
    },
    components: () =>
      Object.fromEntries(Object.entries(all).map(([name, { $schema, $id, ...described }]) => [name, described])),
  };
}

function referTo(name: string): string {
  return `#/components/schemas/${name}`;
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
