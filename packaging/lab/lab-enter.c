// lab-enter PID COMMAND...: runs a command in the namespaces of process PID, as nsenter would, but so that the caller
// can treat the process it started as the command itself: signals are passed on, SIGKILL to the caller's process
// kills the command too (parent-death signal), and exit status or fatal signal come back unchanged. nsenter has
// none of the three when it enters a pid namespace, and tests that kill an agent need all of them.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const int passed[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
static sigset_t before;
static pid_t child;

static void pass_on(int number) {
    if (child > 0) kill(child, number);
}

static void fail(const char *what, const char *which) {
    fprintf(stderr, "lab-enter: %s %s: %s\n", what, which, strerror(errno));
    exit(126);
}

static void enter(const char *pid) {
    // mnt last but for pid, which only counts for the child: the other files are found through this /proc
    static const char *const names[] = {"cgroup", "ipc", "uts", "net", "pid", "mnt"};
    int files[6];
    char path[64];
    for (int i = 0; i < 6; i++) {
        snprintf(path, sizeof path, "/proc/%s/ns/%s", pid, names[i]);
        if ((files[i] = open(path, O_RDONLY | O_CLOEXEC)) < 0) fail("the host is not running: cannot open", path);
    }
    for (int i = 0; i < 6; i++) {
        if (setns(files[i], 0) != 0) fail("cannot enter namespace", names[i]);
    }
}

// Waits for the child, passes signals on to it meanwhile, and ends the way it ended.
static void end_as_child(const char *name) {
    struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) sigaction(passed[i], &action, NULL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    int status;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) fail("cannot wait for", name);
    }
    if (WIFEXITED(status)) exit(WEXITSTATUS(status));
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    exit(128 + WTERMSIG(status));
}

// Returns in the child only.
static void fork_supervised(const char *name) {
    child = fork();
    if (child < 0) fail("cannot", "fork");
    if (child > 0) end_as_child(name);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int main(int count, char **arguments) {
    char directory[4096];
    if (count < 3) {
        fprintf(stderr, "usage: lab-enter PID COMMAND...\n");
        return 126;
    }
    if (!getcwd(directory, sizeof directory)) strcpy(directory, "/");
    enter(arguments[1]);
    if (chdir(directory) != 0 && chdir("/") != 0) fail("cannot change to", "/");
    sigset_t signals;
    sigemptyset(&signals);
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) sigaddset(&signals, passed[i]);
    sigprocmask(SIG_BLOCK, &signals, &before);
    // Twice: the first child is the machine's orphan when this process is killed, the command is then the host's own
    // and is collected by the host's first process at once instead of staying a zombie.
    fork_supervised(arguments[2]);
    fork_supervised(arguments[2]);
    sigprocmask(SIG_SETMASK, &before, NULL);
    execvp(arguments[2], arguments + 2);
    fprintf(stderr, "lab-enter: cannot run %s: %s\n", arguments[2], strerror(errno));
    _exit(errno == ENOENT ? 127 : 126);
}
