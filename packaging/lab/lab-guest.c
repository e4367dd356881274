// The only program of a lab guest. It burns a steered share of its virtual CPUs, prints a TICK line a second,
// obeys commands that arrive as lines on the serial console, and powers off when the ACPI power button is pressed.
//
//   load N            N percent of one CPU in all, filled from vCPU 0 upwards (150 = vCPU 0 whole, vCPU 1 half)
//   load N cpu K      N percent of vCPU K, the others stay as they are
//   hello             says who it is and how much it is to burn
//   run COMMAND       runs a shell command, its output goes to the console
// A command may be followed by " #TAG"; the answer repeats it: "LOAD OK N #TAG",
// "HELLO OK ... #TAG", "RUN OK STATUS #TAG".
// Any other line is ignored without an answer, so that an echoing console cannot start a conversation with itself.
//
// Demand, not usage: every period of 100 ms a vCPU with load N owes N ms of work. Work is done in bursts of a fixed
// number of loop iterations; what a burst is worth is the mean of its latest durations without those far above the
// lower quartile: a guest that is starved sees some bursts stretched, and these must not count as more work. So three
// guests of 40 % on one CPU go on wanting 120 %. The backlog is bounded to two periods.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <linux/reboot.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PERIOD_NANOS 100000000LL
#define BACKLOG_PERIODS 2
#define BURST_NANOS 500000LL
#define SAMPLES 64
#define MAX_CPUS 16
#define LINE_BYTES 512
#define MAX_BUTTONS 4

struct burner {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int percent;
    int cpu;
};

static struct burner burners[MAX_CPUS];
static int cpus;
static uint64_t burst_iterations = 20000;
static int console;
static char name[65];

static int64_t now_nanos(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...) {
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 2, format, arguments);
    va_end(arguments);
    if (length > (int)sizeof line - 3) length = sizeof line - 3;
    memcpy(line + length, "\r\n", 2);
    for (int done = 0; done < length + 2;) {
        ssize_t n = write(console, line + done, length + 2 - done);
        if (n < 0 && errno != EINTR) return;
        if (n > 0) done += n;
    }
}

// --- burning

static void work(uint64_t iterations) {
    uint64_t x = 88172645463325252ULL;
    for (uint64_t i = 0; i < iterations; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        __asm__ volatile("" : "+r"(x));
    }
}

static int64_t burst(uint64_t iterations) {
    int64_t start = now_nanos(CLOCK_MONOTONIC);
    work(iterations);
    return now_nanos(CLOCK_MONOTONIC) - start;
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// Interrupts of the guest's own kernel stretch a burst by less than half and count; losing the host's CPU stretches
// it by milliseconds and does not.
static int64_t typical(const int64_t *samples, int count) {
    int64_t sorted[SAMPLES], sum = 0;
    memcpy(sorted, samples, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_value);
    int kept = 0;
    while (kept < count && sorted[kept] <= sorted[count / 4] * 3 / 2) sum += sorted[kept++];
    return sum / kept;
}

// Finds how many iterations make a burst of about BURST_NANOS; the first rounds also let TCG translate the loop.
static void size_burst(void) {
    int64_t samples[16];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 16; i++) samples[i] = burst(burst_iterations);
        int64_t worth = typical(samples, 16);
        if (worth < 1000) worth = 1000;
        burst_iterations = burst_iterations * BURST_NANOS / worth + 1;
    }
}

static int await_percent(struct burner *b) {
    pthread_mutex_lock(&b->mutex);
    while (b->percent == 0) pthread_cond_wait(&b->changed, &b->mutex);
    int percent = b->percent;
    pthread_mutex_unlock(&b->mutex);
    return percent;
}

static int percent_now(struct burner *b) {
    pthread_mutex_lock(&b->mutex);
    int percent = b->percent;
    pthread_mutex_unlock(&b->mutex);
    return percent;
}

static void sleep_until(int64_t nanos) {
    struct timespec t = {nanos / 1000000000LL, nanos % 1000000000LL};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void *burn(void *argument) {
    struct burner *b = argument;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(b->cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
    int64_t samples[SAMPLES], worth = BURST_NANOS, owed = 0, next = 0, now = 0;
    int sampled = 0;
    for (;;) {
        int percent = percent_now(b);
        if (percent == 0) {
            percent = await_percent(b);
            owed = 0;
            next = now = now_nanos(CLOCK_MONOTONIC);
        }
        int64_t share = PERIOD_NANOS / 100 * percent;
        for (; next <= now; next += PERIOD_NANOS) owed += share;
        if (owed > BACKLOG_PERIODS * share) owed = BACKLOG_PERIODS * share;
        if (owed < worth) {
            sleep_until(next);
            now = now_nanos(CLOCK_MONOTONIC);
            continue;
        }
        // From one reading of the clock to the next, so that the loop's own cost counts: reading the emulated HPET
        // takes long.
        work(burst_iterations);
        int64_t start = now;
        now = now_nanos(CLOCK_MONOTONIC);
        samples[sampled++ % SAMPLES] = now - start;
        if (sampled % 16 == 0) worth = typical(samples, sampled < SAMPLES ? sampled : SAMPLES);
        owed -= worth;
    }
    return NULL;
}

static void start_burners(void) {
    cpus = get_nprocs();
    if (cpus > MAX_CPUS) cpus = MAX_CPUS;
    for (int i = 0; i < cpus; i++) {
        burners[i] = (struct burner){PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, i};
        pthread_t thread;
        pthread_create(&thread, NULL, burn, &burners[i]);
    }
}

static void set_percent(int cpu, int percent) {
    struct burner *b = &burners[cpu];
    pthread_mutex_lock(&b->mutex);
    b->percent = percent;
    pthread_cond_signal(&b->changed);
    pthread_mutex_unlock(&b->mutex);
}

static int total_percent(void) {
    int total = 0;
    for (int i = 0; i < cpus; i++) total += percent_now(&burners[i]);
    return total;
}

// --- commands

static void load_command(const char *line, const char *tag) {
    int percent, cpu = -1;
    if (sscanf(line, "load %d cpu %d", &percent, &cpu) < 1 || percent < 0 || cpu >= cpus) {
        say("LOAD REFUSED want load PERCENT [cpu 0..%d]%s", cpus - 1, tag);
        return;
    }
    if (cpu >= 0) {
        set_percent(cpu, percent > 100 ? 100 : percent);
    } else {
        int rest = percent;
        for (int i = 0; i < cpus; i++) {
            int share = rest > 100 ? 100 : rest;
            set_percent(i, share);
            rest -= share;
        }
    }
    say("LOAD OK %d%s", percent, tag);
}

static void run_command(const char *command, const char *tag) {
    pid_t child = fork();
    if (child == 0) {
        int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, 0);
        dup2(console, 1);
        dup2(console, 2);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    if (child > 0) waitpid(child, &status, 0);
    say("RUN OK %d%s", WIFEXITED(status) ? WEXITSTATUS(status) : -1, tag);
}

static void obey(char *line) {
    char tag[64] = "";
    char *hash = strrchr(line, '#');
    if (hash && hash > line && hash[-1] == ' ') {
        snprintf(tag, sizeof tag, " %s", hash);
        hash[-1] = 0;
    }
    if (strcmp(line, "hello") == 0) say("HELLO OK name=%s load=%d%s", name, total_percent(), tag);
    if (strncmp(line, "load ", 5) == 0) load_command(line, tag);
    if (strncmp(line, "run ", 4) == 0) run_command(line + 4, tag);
}

static void read_console(void) {
    static char line[LINE_BYTES];
    static int length;
    char bytes[128];
    ssize_t count = read(console, bytes, sizeof bytes);
    for (ssize_t i = 0; i < count; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r') {
            line[length] = 0;
            if (length > 0) obey(line);
            length = 0;
        } else if (length < LINE_BYTES - 1) {
            line[length++] = bytes[i];
        }
    }
}

// --- power button, console

static int open_buttons(struct pollfd *polls) {
    int count = 0;
    for (int i = 0; i < 16 && count < MAX_BUTTONS; i++) {
        char path[32];
        unsigned char keys[KEY_MAX / 8 + 1] = {0};
        snprintf(path, sizeof path, "/dev/input/event%d", i);
        int fd = open(path, O_RDONLY | O_NONBLOCK);
        if (fd < 0) continue;
        if (ioctl(fd, EVIOCGBIT(EV_KEY, sizeof keys), keys) > 0 && keys[KEY_POWER / 8] & 1 << KEY_POWER % 8) {
            polls[count++] = (struct pollfd){fd, POLLIN, 0};
        } else {
            close(fd);
        }
    }
    return count;
}

static void read_button(int fd) {
    struct input_event event;
    while (read(fd, &event, sizeof event) == sizeof event) {
        if (event.type == EV_KEY && event.code == KEY_POWER && event.value == 1) {
            say("GUEST DOWN power button");
            sync();
            tcdrain(console);
            reboot(LINUX_REBOOT_CMD_POWER_OFF);
        }
    }
}

static void open_console(void) {
    console = open("/dev/ttyS0", O_RDWR | O_NOCTTY);
    if (console < 0) console = open("/dev/console", O_RDWR | O_NOCTTY);
    struct termios mode;
    if (tcgetattr(console, &mode) == 0) {
        cfmakeraw(&mode);
        tcsetattr(console, TCSANOW, &mode);
    }
}

int main(void) {
    struct pollfd polls[1 + MAX_BUTTONS];
    open_console();
    gethostname(name, sizeof name - 1);
    size_burst();
    start_burners();
    polls[0] = (struct pollfd){console, POLLIN, 0};
    int buttons = open_buttons(polls + 1);
    say("GUEST UP name=%s cpus=%d burst=%llu buttons=%d", name, cpus, (unsigned long long)burst_iterations, buttons);
    for (int64_t next = 0;;) {
        int64_t now = now_nanos(CLOCK_BOOTTIME);
        if (now >= next) {
            say("TICK %lld.%02lld load=%d", now / 1000000000LL, now / 10000000LL % 100, total_percent());
            next = now + 1000000000LL;
        }
        int wait_millis = (int)((next - now) / 1000000) + 1;
        if (poll(polls, 1 + buttons, wait_millis) <= 0) continue;
        if (polls[0].revents & POLLIN) read_console();
        for (int i = 1; i <= buttons; i++) {
            if (polls[i].revents & POLLIN) read_button(polls[i].fd);
        }
    }
}
