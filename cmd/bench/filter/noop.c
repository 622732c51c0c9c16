/*
 * The yardstick of make bench: a libmilter filter that does nothing but add one
 * field. With -b it also collects the body and sends it back, which is the least
 * that a filter does that changes it.
 *
 *	noop [-b] SOCKET
 *
 * SOCKET is as libmilter writes it, unix:PATH or inet:PORT@HOST.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libmilter/mfapi.h>

static int replace;

struct body {
	unsigned char *bytes;
	size_t size, room;
};

static sfsistat begin(SMFICTX *ctx, char **argv)
{
	(void)argv;
	if (replace)
		smfi_setpriv(ctx, calloc(1, sizeof(struct body)));
	return SMFIS_NOREPLY;
}

static sfsistat chunk(SMFICTX *ctx, unsigned char *bytes, size_t size)
{
	struct body *b = smfi_getpriv(ctx);

	if (b == NULL)
		return SMFIS_NOREPLY;
	if (b->size + size > b->room) {
		b->room = 2 * (b->size + size);
		b->bytes = realloc(b->bytes, b->room);
		if (b->bytes == NULL)
			abort();
	}
	memcpy(b->bytes + b->size, bytes, size);
	b->size += size;
	return SMFIS_NOREPLY;
}

static void drop(SMFICTX *ctx)
{
	struct body *b = smfi_getpriv(ctx);

	if (b != NULL) {
		free(b->bytes);
		free(b);
		smfi_setpriv(ctx, NULL);
	}
}

static sfsistat end(SMFICTX *ctx)
{
	struct body *b = smfi_getpriv(ctx);
	int failed = smfi_addheader(ctx, "X-Noop", "Yes") != MI_SUCCESS;

	if (b != NULL && b->size > 0)
		failed |= smfi_replacebody(ctx, b->bytes, (int)b->size) != MI_SUCCESS;
	drop(ctx);
	return failed ? SMFIS_TEMPFAIL : SMFIS_CONTINUE;
}

static sfsistat stop(SMFICTX *ctx)
{
	drop(ctx);
	return SMFIS_CONTINUE;
}

/*
 * No answer is due before end-of-message, as with a filter that means it. The
 * callbacks must say so too: libmilter logs each that does not.
 */
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

	if (argc < 2)
		return 2;
	replace = argc > 2 && strcmp(argv[1], "-b") == 0;
	memset(&filter, 0, sizeof filter);
	filter.xxfi_name = "noop";
	filter.xxfi_version = SMFI_VERSION;
	filter.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGBODY;
	filter.xxfi_negotiate = negotiate;
	filter.xxfi_envfrom = begin;
	filter.xxfi_body = chunk;
	filter.xxfi_eom = end;
	filter.xxfi_abort = stop;
	filter.xxfi_close = stop;
	umask(0);
	if (smfi_setconn(argv[argc - 1]) != MI_SUCCESS || smfi_register(filter) != MI_SUCCESS)
		return 1;
	return smfi_main();
}
