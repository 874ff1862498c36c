/*
 * listener PORT TABLE PROGRAM [ARG...]   The yardstick: the least a server can do that runs a program in the tree of the
 * address a client came to, one process a connection. TABLE has lines `ADDRESS TREE`.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Apart, so that a search stays within a few lines of the cache. */
static in_addr_t addresses[4096];
static char trees[4096][512];
static int entries;

static void bury(int signal) {
  int kept = errno;
  (void)signal;
  while (waitpid(-1, NULL, WNOHANG) > 0) {
  }
  errno = kept;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void read_table(const char *path) {
  char address[64];
  FILE *file = fopen(path, "re");
  if (!file) fail(path);
  while (entries < 4096 && fscanf(file, "%63s %511s", address, trees[entries]) == 2)
    addresses[entries++] = inet_addr(address);
  fclose(file);
}

static const char *find_tree(int connection) {
  struct sockaddr_in local;
  socklen_t size = sizeof local;
  if (getsockname(connection, (struct sockaddr *)&local, &size) != 0) return NULL;
  for (int i = 0; i < entries; i++)
    if (addresses[i] == local.sin_addr.s_addr) return trees[i];
  return NULL;
}

static int listen_on(int port) {
  struct sockaddr_in all = {.sin_family = AF_INET, .sin_port = htons(port)};
  int yes = 1, server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(server, (struct sockaddr *)&all, sizeof all) != 0 || listen(server, 4096) != 0) fail("listen");
  return server;
}

int main(int argc, char **argv) {
  struct sigaction action = {.sa_handler = bury, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
  if (argc < 4) return 64;
  read_table(argv[2]);
  int server = listen_on(atoi(argv[1]));
  sigaction(SIGCHLD, &action, NULL);
  for (;;) {
    int connection = accept4(server, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      fail("accept4");
    }
    const char *tree = find_tree(connection);
    if (tree && vfork() == 0) {
      if (chroot(tree) == 0 && chdir("/") == 0 && dup2(connection, 0) == 0 && dup2(connection, 1) == 1)
        execve(argv[3], argv + 3, environ);
      _exit(127);
    }
    close(connection);
  }
}
