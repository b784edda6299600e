import type { contract } from '@perfcollector/api';
import type { FastifyBaseLogger } from 'fastify';

/** A logger whose level can change while it is used; requests in flight keep theirs. */
export type Leveled = Pick<FastifyBaseLogger, 'level' | 'info'>;

/** Says so in the log, whatever the levels are. */
export function setLogLevel(logger: Leveled, level: contract.LogLevel, why: string): void {
  logger.level = 'info';
  logger.info(`log level ${level}: ${why}`);
  logger.level = level;
}

/** From whatever the level is to debug, and from there back to the one that pcd was started with. */
export function toggleDebug(logger: Leveled, started: contract.LogLevel): void {
  setLogLevel(logger, logger.level === 'debug' ? started : 'debug', 'SIGUSR2');
}
