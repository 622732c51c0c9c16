#!/bin/sh
# alterMIME as a content filter of Postfix, run by pipe(8) for each message as
#
#	altermime.sh -f SENDER -- RECIPIENT...
#
# The message comes on standard input, and goes back into the queue when it is changed.
# What fails is tried again later (75) or returned (69), as sysexits.h has them.
cd '%s' || exit 75
trap 'rm -f "message.$$"' 0 1 2 3 15
cat >"message.$$" || exit 75
'%s' --input="message.$$" --disclaimer='%s' --disclaimer-html='%s' || exit 69
'%s' -G -i "$@" <"message.$$"
exit $?
