package daemon

import (
	"os"
	"strings"
	"testing"

	"sigmilter/milter"
)

// The unit allows far more memory than the daemon means to have.
func TestUnitAllowsTheMemory(t *testing.T) {
	unit, err := os.ReadFile("../../../packaging/systemd/sigmilter.service")
	if err != nil {
		t.Fatal(err)
	}
	const gigabyte = 1 << 30
	if !strings.Contains(string(unit), "\nMemoryMax=1G\n") || milter.DefaultAllMemory+4*headroom > gigabyte {
		t.Error("sigmilter.service: MemoryMax= is not far above limits.memory and what is needed beside it")
	}
}
