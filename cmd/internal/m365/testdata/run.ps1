# Runs the script against the stand-in: run.ps1 SCRIPT CODE-FILE
param($Script, $Code)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot 'standin.psm1') -DisableNameChecking

function Assert-That {
    param($What, $Holds)
    if (-not $Holds) { throw "not so: $What" }
}

& $Script -Create -SecretFile $Code -Connected -WhatIf
Assert-That '-WhatIf changes nothing' ((Get-Changes) -eq 0)

Add-Hybrid
$null = New-TransportRule -Name 'Disclaimer' -Priority 0 -Enabled $true -FromScope 'InOrganization'
& $Script -Create -SecretFile $Code -PilotGroup 'pilot@contoso.com' -Connected
$rules = @(Get-TransportRule)
Assert-That 'the rules come first and the routing rule last of ours' (($rules[8].Name -eq 'Sigmilter route') -and ($rules[9].Name -eq 'Disclaimer'))
Assert-That 'the routing rule is off' ($rules[8].State -eq 'Disabled')
Assert-That 'the rule has the code' ($rules[8].SetHeaderValue -ceq 'wQ7s''secret')
Assert-That 'the allow list was added to' ((@((Get-HostedConnectionFilterPolicy).IPAllowList) -join ' ') -eq '198.51.100.1 192.0.2.10')

$changes = Get-Changes
& $Script -Create -SecretFile $Code -Connected
& $Script -Create -Connected
Assert-That 'a second time changes nothing' ((Get-Changes) -eq $changes)
Assert-That 'the pilot group stays' ($rules[8].FromMemberOf -eq 'pilot@contoso.com')

$rules[8].StopRuleProcessing = $false
Set-TransportRule -Identity 'Sigmilter route' -Priority 0
& $Script -Create -Everyone -Connected
$rules = @(Get-TransportRule)
Assert-That 'what was changed is mended' (($rules[8].Name -eq 'Sigmilter route') -and $rules[8].StopRuleProcessing -and -not $rules[8].FromMemberOf)

& $Script -Remove -Connected
Assert-That 'the first removal takes the routing rule only' (@(Get-TransportRule).Count -eq 9)
& $Script -Remove -Drained -Connected
Assert-That 'the second takes the rest' ((@(Get-TransportRule).Count -eq 1) -and (@(Get-InboundConnector).Count -eq 0))
Assert-That 'the hybrid connector is left' (@(Get-OutboundConnector -IsTransportRuleScoped $false).Count -eq 1)

Set-Domains @('fabrikam.com')
$refused = $false
try { & $Script -Create -SecretFile $Code -Connected } catch { $refused = $true }
Assert-That 'another tenant is refused' $refused
Write-Output 'all as wanted'
