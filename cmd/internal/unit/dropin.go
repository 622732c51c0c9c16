package unit

import (
	"fmt"
	"strings"
)

// DropIn is the command that adds lines to a section of a unit, in a file of its own.
func DropIn(unit, name, section string, lines ...string) string {
	dir := "/etc/systemd/system/" + unit + ".d"
	text := "[" + section + "]\\n" + strings.Join(lines, "\\n") + "\\n"
	return fmt.Sprintf("mkdir -p %s && printf '%s' > %s/%s.conf && systemctl daemon-reload", dir, text, dir, name)
}
