Reset-Tenant
$null = New-TransportRule -Name 'Disclaimer' -Priority 0 -FromScope 'InOrganization'
$Tenant.Log.Clear()
Invoke-Script 'status of an empty tenant' $Script @{} 1 'missing'
Invoke-Script 'whatif' $Script @{ Create = $true; SecretFile = $Code; WhatIf = $true } 0
Assert-That '-WhatIf changes nothing' ($Tenant.Log.Count -eq 0)
Invoke-Script 'create' $Script @{ Create = $true; SecretFile = $Code } 0 'stand above 1 rules of others'
Assert-That 'our rules come first, the routing rule last of them' ((Get-Order) -match 'recalls\|Sigmilter route\|Disclaimer$')
Assert-That 'all rules of ours are off' (@($Tenant.Rules | Where-Object { $_.Name -like 'Sigmilter*' -and $_.State -ne 'Disabled' }).Count -eq 0)
Assert-That 'the rule has the code' ((Find-Rule 'Sigmilter route').SetHeaderValue -ceq 'wQ7s''secret')
Assert-That 'the allow list was added to' (($Tenant.Allow -join ' ') -eq '198.51.100.1 192.0.2.10')
$n = $Tenant.Log.Count
Invoke-Script 'again' $Script @{ Create = $true; SecretFile = $Code } 0 'All is as wanted'
Invoke-Script 'again, without the code' $Script @{ Create = $true } 0
Assert-That 'a second time changes nothing' ($Tenant.Log.Count -eq $n)
Invoke-Script 'resume' $Script @{ Resume = $true } 0
Assert-That 'all rules are on' (@($Tenant.Rules | Where-Object { $_.State -ne 'Enabled' }).Count -eq 0)
Invoke-Script 'status' $Script @{} 0 'All is as wanted'
Invoke-Script 'pause' $Script @{ Pause = $true } 0
Assert-That 'only theirs is on' (@($Tenant.Rules | Where-Object { $_.State -eq 'Enabled' }).Name -eq 'Disclaimer')
Invoke-Script 'drained too early' $Script @{ Remove = $true; Drained = $true } 1 'removes it first'
Invoke-Script 'remove' $Script @{ Remove = $true } 0
Assert-That 'the routing rule is gone, the rest stays' ($Tenant.Rules.Count -eq 9 -and $Tenant.Inbound.Count -eq 1)
$Tenant.Pending = 3
Invoke-Script 'mail is on its way' $Script @{ Remove = $true; Drained = $true } 1 '3 messages are pending'
$Tenant.Pending = 0
Invoke-Script 'drained' $Script @{ Remove = $true; Drained = $true } 0
Assert-That 'nothing of ours is left' ((Get-Order) -eq 'Disclaimer' -and $Tenant.Inbound.Count + $Tenant.Outbound.Count -eq 0)
$Tenant.Domains = @('fabrikam.com')
Invoke-Script 'another tenant' $Script @{ Create = $true; SecretFile = $Code } 1 'Not accepted domains'
