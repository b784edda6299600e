import { parseJson } from '@perfcollector/procfs';
import { BAD_JSON, HttpError } from './http-error.ts';

/** JSON that keeps the digits of integers above 2^53, which the framework's parser would round. @throws HttpError 400 */
export function parseJsonBody(body: Buffer): unknown {
  try {
    return parseJson(body.toString());
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) throw new HttpError(...BAD_JSON);
    throw error;
  }
}
