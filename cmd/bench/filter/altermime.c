/*
 * A filter that hands each message to alterMIME in a file and sends back the body
 * that it left there: the usual way to use it behind an MTA, with a process for each
 * message. Of the header nothing is sent back but one field added.
 *
 *	altermime-filter PROGRAM TEXT HTML FOLDER SOCKET
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libmilter/mfapi.h>

extern char **environ;

static char *program, *folder, text[512], html[512];

/* A message in hand: the file that alterMIME is to change. */
struct message {
	char path[512], input[600];
	FILE *file;
};

static void drop(SMFICTX *ctx)
{
	struct message *m = smfi_getpriv(ctx);

	if (m == NULL)
		return;
	if (m->file != NULL)
		fclose(m->file);
	unlink(m->path);
	free(m);
	smfi_setpriv(ctx, NULL);
}

static sfsistat begin(SMFICTX *ctx, char **argv)
{
	struct message *m = calloc(1, sizeof *m);
	int fd;

	(void)argv;
	if (m == NULL)
		return SMFIS_NOREPLY;
	snprintf(m->path, sizeof m->path, "%s/mXXXXXX", folder);
	fd = mkostemp(m->path, O_CLOEXEC);
	if (fd < 0 || (m->file = fdopen(fd, "w+")) == NULL) {
		free(m);
		return SMFIS_NOREPLY;
	}
	snprintf(m->input, sizeof m->input, "--input=%s", m->path);
	smfi_setpriv(ctx, m);
	return SMFIS_NOREPLY;
}

static sfsistat field(SMFICTX *ctx, char *name, char *value)
{
	struct message *m = smfi_getpriv(ctx);

	if (m != NULL)
		fprintf(m->file, "%s: %s\r\n", name, value);
	return SMFIS_NOREPLY;
}

static sfsistat headed(SMFICTX *ctx)
{
	struct message *m = smfi_getpriv(ctx);

	if (m != NULL)
		fputs("\r\n", m->file);
	return SMFIS_NOREPLY;
}

static sfsistat chunk(SMFICTX *ctx, unsigned char *bytes, size_t size)
{
	struct message *m = smfi_getpriv(ctx);

	if (m != NULL)
		fwrite(bytes, 1, size, m->file); /* closing it tells of an error */
	return SMFIS_NOREPLY;
}

/* alter runs alterMIME on the message's file. */
static int alter(struct message *m)
{
	char *argv[] = {program, m->input, text, html, NULL};
	pid_t pid;
	int status;

	if (fclose(m->file) != 0) {
		m->file = NULL;
		return 0;
	}
	m->file = NULL;
	if (posix_spawn(&pid, program, NULL, NULL, argv, environ) != 0 || waitpid(pid, &status, 0) != pid)
		return 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* send sends the body of the changed file. */
static int send_body(SMFICTX *ctx, struct message *m)
{
	struct stat info;
	char *all = NULL, *body = NULL;
	int sent = 0;

	m->file = fopen(m->path, "re");
	if (m->file == NULL || fstat(fileno(m->file), &info) != 0 || (all = malloc(info.st_size + 1)) == NULL)
		return 0;
	if (fread(all, 1, info.st_size, m->file) == (size_t)info.st_size) {
		all[info.st_size] = 0;
		body = strstr(all, "\r\n\r\n");
		/* QUIRK: alterMIME may end the lines it writes by LF alone. */
		if (body != NULL)
			sent = smfi_replacebody(ctx, (unsigned char *)body + 4, (int)(all + info.st_size - body - 4)) == MI_SUCCESS;
	}
	free(all);
	return sent;
}

static sfsistat end(SMFICTX *ctx)
{
	struct message *m = smfi_getpriv(ctx);
	int done = m != NULL && alter(m) && send_body(ctx, m) && smfi_addheader(ctx, "X-Altered", "Yes") == MI_SUCCESS;

	drop(ctx);
	return done ? SMFIS_CONTINUE : SMFIS_TEMPFAIL;
}

static sfsistat stop(SMFICTX *ctx)
{
	drop(ctx);
	return SMFIS_CONTINUE;
}

/* No answer is due before end-of-message, as with noop.c. */
static sfsistat negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2, unsigned long f3,
	unsigned long *p0, unsigned long *p1, unsigned long *p2, unsigned long *p3)
{
	(void)ctx;
	(void)f2;
	(void)f3;
	*p0 = f0 & (SMFIF_ADDHDRS | SMFIF_CHGBODY);
	*p1 = f1 & (SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_HDR | SMFIP_NR_EOH | SMFIP_NR_BODY |
		SMFIP_NR_DATA | SMFIP_NR_UNKN | SMFIP_NOUNKNOWN | SMFIP_NODATA);
	*p2 = *p3 = 0;
	return SMFIS_CONTINUE;
}

int main(int argc, char **argv)
{
	struct smfiDesc filter;
	char address[256];

	if (argc != 6)
		return 2;
	program = argv[1];
	snprintf(text, sizeof text, "--disclaimer=%s", argv[2]);
	snprintf(html, sizeof html, "--disclaimer-html=%s", argv[3]);
	folder = argv[4];
	snprintf(address, sizeof address, "unix:%s", argv[5]);
	memset(&filter, 0, sizeof filter);
	filter.xxfi_name = "altermime";
	filter.xxfi_version = SMFI_VERSION;
	filter.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGBODY;
	filter.xxfi_negotiate = negotiate;
	filter.xxfi_envfrom = begin;
	filter.xxfi_header = field;
	filter.xxfi_eoh = headed;
	filter.xxfi_body = chunk;
	filter.xxfi_eom = end;
	filter.xxfi_abort = stop;
	filter.xxfi_close = stop;
	umask(0);
	if (smfi_setconn(address) != MI_SUCCESS || smfi_register(filter) != MI_SUCCESS)
		return 1;
	return smfi_main();
}
