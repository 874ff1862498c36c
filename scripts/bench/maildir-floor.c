/*
 * maildir-floor FOLDER PROCESSES MESSAGES BYTES   What the disk gives: so many processes put so many messages in all, each
 * into a maildir of its own below FOLDER: write, fsync, link, unlink, fsync of `new`. Prints the seconds it took.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void deliver(int tmp, int new, const char *name, const char *message, size_t size) {
  int fd = openat(tmp, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (fd < 0) err(1, "openat");
  if (write(fd, message, size) != (ssize_t)size) err(1, "write");
  if (fsync(fd) != 0) err(1, "fsync");
  if (close(fd) != 0) err(1, "close");
  if (linkat(tmp, name, new, name, 0) != 0) err(1, "linkat");
  if (unlinkat(tmp, name, 0) != 0) err(1, "unlinkat");
  if (fsync(new) != 0) err(1, "fsync");
}

static void work(const char *folder, int process, long messages, size_t size) {
  char path[4096];
  char name[64];
  char *message = malloc(size);
  memset(message, 'x', size);
  snprintf(path, sizeof path, "%s/%d", folder, process);
  mkdir(path, 0700);
  int box = open(path, O_RDONLY | O_DIRECTORY);
  if (box < 0) err(1, "%s", path);
  mkdirat(box, "tmp", 0700);
  mkdirat(box, "new", 0700);
  int tmp = openat(box, "tmp", O_RDONLY | O_DIRECTORY);
  int new = openat(box, "new", O_RDONLY | O_DIRECTORY);
  if (tmp < 0 || new < 0) err(1, "tmp, new");
  for (long i = 0; i < messages; i++) {
    snprintf(name, sizeof name, "%ld.P%d_%ld.floor", (long)time(NULL), (int)getpid(), i);
    deliver(tmp, new, name, message, size);
  }
}

int main(int argc, char **argv) {
  if (argc != 5) errx(2, "maildir-floor FOLDER PROCESSES MESSAGES BYTES");
  int processes = atoi(argv[2]);
  long messages = atol(argv[3]);
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (int i = 0; i < processes; i++) {
    if (fork() == 0) {
      work(argv[1], i, messages / processes, (size_t)atol(argv[4]));
      _exit(0);
    }
  }
  int status;
  while (wait(&status) > 0)
    if (status != 0) errx(1, "a process failed");
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.6f\n", (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
  return 0;
}
