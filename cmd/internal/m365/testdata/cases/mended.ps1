Set-Live
$Tenant.Inbound[0].Enabled = $false
$Tenant.Outbound[0].Enabled = $false
$Tenant.Allow = @()
(Find-Rule 'Sigmilter skip signed mail').State = 'Disabled'
(Find-Rule 'Sigmilter skip recalls').Mode = 'Audit'
$null = Remove-TransportRule -Identity 'Sigmilter skip voice mail'
$null = Set-TransportRule -Identity 'Sigmilter route' -Priority 0
Invoke-Script 'status names each' $Script @{} 1 '(?s)"Sigmilter in": differs.*"Sigmilter out": differs.*IP allow list.*move above.*signed mail": switch on.*voice mail": missing.*Mode'
Invoke-Script 'create mends each' $Script @{ Create = $true } 0
Invoke-Script 'status' $Script @{} 0
Assert-That 'the routing rule is last' ((Get-Order) -match '\|Sigmilter route$')

(Find-Rule 'Sigmilter route').StopRuleProcessing = $false
$n = $Tenant.Log.Count
Invoke-Script 'a live rule is not changed' $Script @{ Create = $true } 1 'StopRuleProcessing: "False" -> "True".*-Live'
Assert-That 'nothing was changed' ($Tenant.Log.Count -eq $n)
Invoke-Script 'but with -Live' $Script @{ Create = $true; Live = $true } 0

$null = New-TransportRule -Name 'Theirs' -Priority 0 -StopRuleProcessing $true
Invoke-Script 'a rule of theirs that stops' $Script @{} 1 'Rule "Theirs" stands above'
$null = Set-TransportRule -Identity 'Theirs' -Priority 9
Invoke-Script 'below it is fine' $Script @{} 0

$Tenant.Busy = @{ 'Get-TransportRule' = 2; 'Set-TransportRule' = 2 }
(Find-Rule 'Sigmilter skip recalls').Mode = 'Audit'
Invoke-Script 'a busy service' $Script @{ Create = $true } 0 'asked again in 1 s'
$Tenant.Late = 1
(Find-Rule 'Sigmilter skip recalls').Mode = 'Audit'
$null = Get-TransportRule
Invoke-Script 'late reads' $Script @{ Create = $true } 0
Assert-That 'mended' ((Find-Rule 'Sigmilter skip recalls').Mode -eq 'Enforce')
