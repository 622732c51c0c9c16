$changes = 'New-InboundConnector', 'New-OutboundConnector', 'New-TransportRule', 'Set-HostedConnectionFilterPolicy'
foreach ($cmdlet in $changes + @('Get-AcceptedDomain', 'Get-InboundConnector', 'Get-OutboundConnector', 'Get-TransportRule', 'Get-HostedConnectionFilterPolicy')) {
    Reset-Tenant
    $Tenant.Refuse[$cmdlet] = 'Words of the service.'
    Invoke-Script "create, $cmdlet refused" $Script @{ Create = $true; SecretFile = $Code } 1 "$cmdlet`: Words of the service"
    Assert-That "nothing is done behind a refused $cmdlet" (@($Tenant.Log | Where-Object { $cmdlet -notin $changes -or $_ -like 'Enable*' }).Count -eq 0)
    if ($cmdlet -eq 'New-InboundConnector') { Assert-That 'nothing is made that depends on it' ($Tenant.Log.Count -eq 0) }
    $Tenant.Refuse.Clear()
    Invoke-Script "the run after a refused $cmdlet" $Script @{ Create = $true; SecretFile = $Code } 0
    Assert-That 'all is there' ($Tenant.Rules.Count -eq 9 -and $Tenant.Inbound.Count -eq 1 -and $Tenant.Outbound.Count -eq 1)
}
foreach ($cmdlet in 'Get-DkimSigningConfig', 'Get-RemoteDomain', 'Get-Recipient', 'Get-DistributionGroup') {
    Set-Live
    $Tenant.Refuse[$cmdlet] = 'Words of the service.'
    Invoke-Script "status, $cmdlet refused" $Script @{} 1 "$cmdlet`: Words of the service"
}
Set-Live
$Tenant.Refuse['Disable-TransportRule'] = 'Words of the service.'
Invoke-Script 'pause, refused' $Script @{ Pause = $true } 1 'Words of the service'
Assert-That 'nothing is half paused' (@($Tenant.Rules | Where-Object { $_.State -ne 'Enabled' }).Count -eq 0)
$Tenant.Refuse['Remove-TransportRule'] = 'Words of the service.'
Invoke-Script 'remove, refused' $Script @{ Remove = $true } 1 'Words of the service'
Invoke-Script 'drained, with the rule there' $Script @{ Remove = $true; Drained = $true } 1
Assert-That 'the connectors stay' ($Tenant.Inbound.Count -eq 1 -and $Tenant.Outbound.Count -eq 1)
$Tenant.Refuse.Clear()
Invoke-Script 'remove' $Script @{ Remove = $true } 0
$Tenant.Refuse['Remove-OutboundConnector'] = 'Words of the service.'
Invoke-Script 'drained, refused' $Script @{ Remove = $true; Drained = $true } 1 'Words of the service'
Assert-That 'the inbound connector stays' ($Tenant.Inbound.Count -eq 1)
