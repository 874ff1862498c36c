/*
 * load PORT TABLE CLIENTS SECONDS   Clients in a closed loop: each connects to the next address of TABLE, lines
 * `ADDRESS DOMAIN`, reads to the end, checks that it was that domain's line, and begins again. Prints, as JSON, how many
 * were served a second, how many were not as they should be, and the times from connecting to the end, in milliseconds.
 *
 * load PORT TABLE CLIENTS hold   Each client connects once and reads its line; then prints `held`, and holds all until
 * standard input ends.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ENTRIES = 4096, MAX_CLIENTS = 4096, MAX_LINE = 300 };

static struct {
  struct sockaddr_in address;
  char line[MAX_LINE];
} table[MAX_ENTRIES];
static int entries, next_entry;

static struct client {
  int socket, entry, length;
  double began;
  char text[MAX_LINE];
} clients[MAX_CLIENTS];
static int poller;

static float *times;
static size_t served, wrong, room;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void read_table(const char *path, int port) {
  char address[64], domain[MAX_LINE - 1];
  FILE *file = fopen(path, "re");
  if (!file) fail(path);
  while (entries < MAX_ENTRIES && fscanf(file, "%63s %298s", address, domain) == 2) {
    table[entries].address = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr(address)};
    snprintf(table[entries++].line, MAX_LINE, "%s\n", domain);
  }
  fclose(file);
  if (entries == 0) fail("an empty table");
}

static void begin(struct client *client) {
  client->entry = next_entry++ % entries;
  client->length = 0;
  client->began = now();
  client->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in *address = &table[client->entry].address;
  /* On this machine it is answered at once. */
  if (client->socket < 0 || connect(client->socket, (struct sockaddr *)address, sizeof *address) != 0) fail("connect");
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, client->socket, &event) != 0) fail("epoll_ctl");
}

static int is_right(const struct client *client) {
  const char *line = table[client->entry].line;
  return client->length == (int)strlen(line) && memcmp(client->text, line, client->length) == 0;
}

/* True when all has come. */
static int go_on(struct client *client) {
  ssize_t got = recv(client->socket, client->text + client->length, MAX_LINE - client->length, MSG_DONTWAIT);
  if (got > 0) client->length += got;
  return got <= 0 || client->length == MAX_LINE;
}

static void note(const struct client *client) {
  if (!is_right(client)) {
    if (wrong++ == 0)
      fprintf(stderr, "load: '%.*s' in place of %s", client->length, client->text, table[client->entry].line);
    return;
  }
  if (served == room) {
    room = room ? 2 * room : 4096;
    times = realloc(times, room * sizeof *times);
    if (!times) fail("realloc");
  }
  times[served++] = (now() - client->began) * 1e3;
}

static int by_size(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static float share(double part) { return served ? times[(size_t)((served - 1) * part)] : 0; }

static void loop(double seconds) {
  struct epoll_event events[256];
  double start = now(), end = start + seconds, last = start;
  while (last < end) {
    int ready = epoll_wait(poller, events, 256, (int)((end - last) * 1e3) + 1);
    for (int i = 0; i < ready; i++) {
      struct client *client = events[i].data.ptr;
      if (!go_on(client)) continue;
      close(client->socket);
      note(client);
      begin(client);
    }
    last = now();
  }
  qsort(times, served, sizeof *times, by_size);
  printf("{\"rate\": %.1f, \"served\": %zu, \"wrong\": %zu, \"p50\": %.3f, \"p99\": %.3f}\n", served / (last - start),
         served, wrong, share(0.5), share(0.99));
}

static void hold(int count) {
  char byte;
  for (int i = 0; i < count; i++) {
    while (!memchr(clients[i].text, '\n', clients[i].length)) {
      ssize_t got = read(clients[i].socket, clients[i].text + clients[i].length, MAX_LINE - clients[i].length);
      if (got <= 0) fail("a connection that was to be held");
      clients[i].length += got;
    }
    if (!is_right(&clients[i])) wrong++;
  }
  puts(wrong ? "wrong" : "held");
  fflush(stdout);
  while (read(0, &byte, 1) > 0) {
  }
}

int main(int argc, char **argv) {
  if (argc != 5) return 64;
  int count = atoi(argv[3]);
  if (count < 1 || count > MAX_CLIENTS) return 64;
  read_table(argv[2], atoi(argv[1]));
  poller = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < count; i++) begin(&clients[i]);
  if (strcmp(argv[4], "hold") == 0) hold(count);
  else loop(atof(argv[4]));
  return wrong > 0;
}
