/*
 * The least that reading kernel files can cost: opens each file once, and in every round reads each to its end.
 *     pread <microseconds between rounds> <rounds> <file>...
 * prints the nanoseconds of processor time that all rounds took, user and system.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static char buffer[256 * 1024];

static long long spent(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  long pause = atol(argv[1]), rounds = atol(argv[2]);
  int count = argc - 3, *files = calloc(count, sizeof *files);
  for (int i = 0; i < count; i++)
    if ((files[i] = open(argv[i + 3], O_RDONLY)) < 0) {
      perror(argv[i + 3]);
      return 1;
    }
  long long total = 0;
  for (long round = 0; round < rounds; round++) {
    usleep(pause);
    long long before = spent();
    for (int i = 0; i < count; i++) {
      off_t at = 0;
      for (ssize_t got; (got = pread(files[i], buffer, sizeof buffer, at)) > 0;) at += got;
    }
    total += spent() - before;
  }
  printf("%lld\n", total);
  return 0;
}
